using System.Globalization;
using System.Text.Json;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows rows that failed.</summary>
internal static class FailureView
{
    /// <summary>Most failures that a list shows; the verb <c>failures</c> shows more.</summary>
    public const int Shown = 10;

    /// <summary>Lists the first failures, and says how many more there are.</summary>
    public static void List(IAnsiConsole console, IReadOnlyList<FailureDocument> failures, long total)
    {
        foreach (var failure in failures.Take(Shown))
            console.Line(Line(failure));
        var shown = Math.Min(Shown, failures.Count);
        if (shown > 0 && total > shown)
            console.Line($"  … and {TableView.Number(total - shown)} more");
    }

    /// <summary>Returns the class of an error and, if the database refused the row, the reason.</summary>
    public static string Cause(string error, string? cause) => cause is null ? error : $"{error} ({cause})";

    /// <summary>Describes a failure in one line.</summary>
    public static string Line(FailureDocument failure)
    {
        var key = failure.Key?.ToJsonString(JsonSerializerOptions.Default);
        var version = failure.Version?.ToString(CultureInfo.InvariantCulture) ?? "none";
        var size = failure.Size is { } bytes ? $" ({TableView.Number(bytes)} bytes)" : "";
        return $"  {failure.Table} {key}, tenant {failure.Tenant ?? "none"}, version {version}: {Cause(failure.Error, failure.Cause)}{size}";
    }
}
