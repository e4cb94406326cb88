using System.Globalization;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>
/// First processes of containers. A container that shares the process numbers of the engine's machine reaches them, whoever runs
/// the tests, and wherever that machine is.
/// </summary>
internal static class FirstProcesses
{
    /// <summary>
    /// Memory of one in MB: what is its own alone, and what is resident with the pages of files, which processes share and the kernel
    /// drops where memory is short (proc_pid_status(5): RssAnon and RssShmem, VmRSS).
    /// </summary>
    public static async Task<(double Own, double Resident)> MemoryAsync(string container)
    {
        var kilobytes = await RunAsync(
            """
            awk '$1 == "RssAnon:" || $1 == "RssShmem:" { own += $2 } $1 == "VmRSS:" { all = $2 } END { print own, all }' "/proc/$1/status"
            """,
            [container]
        );
        var numbers = kilobytes
            .Split(' ')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture) / 1024)
            .ToList();
        return (numbers[0], numbers[1]);
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
