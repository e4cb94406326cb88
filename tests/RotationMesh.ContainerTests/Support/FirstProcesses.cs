using System.Globalization;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>
/// First processes of containers. A container that shares the process numbers of the engine's machine reaches them, whoever runs
/// the tests, and wherever that machine is.
/// </summary>
internal static class FirstProcesses
{
    /// <summary>Resident memory of one, in MB.</summary>
    public static async Task<double> MemoryAsync(string container)
    {
        var kilobytes = await RunAsync(
            "awk '$1 == \"VmRSS:\" { print $2 }' \"/proc/$1/status\"",
            [container]
        );
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>
    /// Kills them, all at once, and returns when the engine has started their containers again. What the engine itself is told to
    /// kill stays dead, whatever its restart policy says.
    /// </summary>
    public static async Task KillAsync(params IReadOnlyList<string> containers)
    {
        var starts = new Dictionary<string, int>();
        foreach (var container in containers)
            starts.Add(container, await RestartsAsync(container));

        await RunAsync("kill -9 \"$@\"", containers);

        foreach (var (container, before) in starts)
            await Eventually.Holds(
                async () => await RestartsAsync(container) > before,
                TimeSpan.FromMinutes(1),
                $"the engine starts {container} again"
            );
    }

    // How often the engine has started a container again by itself; the time that this takes does not count.
    private static async Task<int> RestartsAsync(string container) =>
        int.Parse(
            await DockerCommand.InspectAsync(
                container,
                "{{if .State.Restarting}}0{{else}}{{.RestartCount}}{{end}}"
            ),
            CultureInfo.InvariantCulture
        );

    // Runs a script with the numbers of the processes.
    private static async Task<string> RunAsync(string script, IReadOnlyList<string> containers)
    {
        var processes = new List<string>();
        foreach (var container in containers)
            processes.Add(await DockerCommand.InspectAsync(container, "{{.State.Pid}}"));
        return await DockerCommand.RunAsync([
            "run",
            "--rm",
            "--pid",
            "host",
            "--user",
            "root",
            "--network",
            "none",
            "--entrypoint",
            "bash",
            ImageNames.Postgres,
            "-c",
            script,
            "-",
            .. processes,
        ]);
    }
}
