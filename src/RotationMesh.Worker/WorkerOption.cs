using System.CommandLine;
using System.Globalization;
using RotationMesh.Hosting;
using RotationMesh.Working;

namespace RotationMesh.Worker;

/// <summary>The options that only a worker has.</summary>
internal static class WorkerOption
{
    public static readonly Option<int> Concurrency = Build();

    private static Option<int> Build()
    {
        var option = new Option<int>("--concurrency")
        {
            Description =
                "Partitions at a time, two connections to a database each (default: processors) "
                + $"({ProgramVariable.Concurrency})",
            HelpName = "N",
            DefaultValueFactory = _ =>
                ProgramVariable.Concurrency.Value is { } text ? Parse(text) : new WorkerOptions().Concurrency,
            CustomParser = result => Parse(result.Tokens[0].Value),
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > WorkerOptions.MaxConcurrency)
                result.AddError(
                    $"--concurrency (or {ProgramVariable.Concurrency}) is no number from 1 to "
                        + $"{WorkerOptions.MaxConcurrency}"
                );
        });
        return option;
    }

    // Text that is no number becomes 0, which is out of range: the validator has one message for both.
    private static int Parse(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var n) ? n : 0;
}
