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
    public static Task<string[]> FilesAsync(string image) =>
        ExportedAsync(image, "docker export \"$0\" | tar --list");

    /// <summary>A folder of an image: a line for each path with all that a layer holds of it, and one for each file's hash.</summary>
    public static Task<string[]> ContentsAsync(string image, string folder) =>
        ExportedAsync(
            image,
            $"""
            docker export "$0" | tar --list --verbose --full-time --numeric-owner {folder}
            docker export "$0" | tar --extract --to-command='echo "$(sha256sum | cut -c 1-64) $TAR_FILENAME"' {folder}
            """
        );

    /// <summary>A part of what the engine knows of a container or an image, by Go's template.</summary>
    public static Task<string> InspectAsync(string name, string template) =>
        RunAsync("inspect", "--format", template, name);

    // Lines of a script that looks into a container of an image, $0.
    private static async Task<string[]> ExportedAsync(string image, string script)
    {
        var container = await RunAsync("create", image);
        try
        {
            var look = new CommandLine("bash", "-euo", "pipefail", "-c", script, container);
            return (await look.RunAsync(Deadline)).Exits(0).Output.Split('\n');
        }
        finally
        {
            await RunAsync("rm", container);
        }
    }
}
