using System.ComponentModel;

namespace RotationMesh.ContainerTests.Support;

/// <summary>The client of the engine.</summary>
internal static class DockerCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Whether an engine answers.</summary>
    public static async Task<bool> AnswersAsync()
    {
        try
        {
            return (await TryAsync("info")).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no client
        }
    }

    /// <summary>What a command printed, without white space at its ends; fails the test unless its exit code is 0.</summary>
    public static async Task<string> RunAsync(params IReadOnlyList<string> arguments) =>
        (await TryAsync(arguments)).Exits(0).Output.Trim();

    /// <summary>The same, whatever the exit code.</summary>
    public static Task<ProcessOutcome> TryAsync(params IReadOnlyList<string> arguments) =>
        new CommandLine("docker", arguments).RunAsync(Deadline);

    /// <summary>The paths in an image, without a slash before them.</summary>
    public static async Task<string[]> FilesAsync(string image)
    {
        var container = await RunAsync("create", image);
        try
        {
            var list = new CommandLine(
                "bash",
                "-c",
                "set -o pipefail; docker export \"$0\" | tar --list",
                container
            );
            return (await list.RunAsync(Deadline)).Exits(0).Output.Split('\n');
        }
        finally
        {
            await RunAsync("rm", container);
        }
    }

    /// <summary>A part of what the engine knows of a container or an image, by Go's template.</summary>
    public static Task<string> InspectAsync(string name, string template) =>
        RunAsync("inspect", "--format", template, name);
}
