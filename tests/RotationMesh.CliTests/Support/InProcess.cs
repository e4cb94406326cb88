using RotationMesh.Hosting;
using RotationMeshProgram = RotationMesh.Cli.CommandLine;

namespace RotationMesh.CliTests.Support;

/// <summary>Runs the program inside the tests' process, with variables, output and exit code of its own.</summary>
internal static class InProcess
{
    /// <summary>Longest run, on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Runs it to its end; of variables given twice the last counts, and null is none.</summary>
    public static Task<ProcessOutcome> RunAsync(
        IEnumerable<KeyValuePair<string, string?>> variables,
        string[] arguments
    ) =>
        Task.Run(async () =>
            {
                var given = new Dictionary<string, string>();
                foreach (var (name, value) in variables)
                    if (value is null)
                        given.Remove(name);
                    else
                        given[name] = new string(value); // the program overwrites the text of a secret
                EnvironmentVariables.Give(given);
                using StringWriter output = new(),
                    error = new();
                var code = await RotationMeshProgram.RunAsync(
                    arguments,
                    TextWriter.Synchronized(output),
                    TextWriter.Synchronized(error)
                );
                return new ProcessOutcome(code, output.ToString(), error.ToString());
            })
            .WaitAsync(Deadline);
}
