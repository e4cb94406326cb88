using RotationMesh.TestKit.Processes;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.Deployment;

/// <summary>
/// Programs that judge what is deployed. Where one is not installed the test is ignored, or fails in CI.
/// </summary>
public static class DeploymentPrograms
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Compose on the file of <c>compose/</c>: version 1 where it is installed, else that of docker.</summary>
    public static async Task<CommandLine> ComposeAsync(params IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string> rest =
        [
            "--file",
            Path.Combine(RepositoryRoot.Path, "compose/compose.yaml"),
            .. arguments,
        ];
        if (Machine.OnPath("docker-compose"))
            return new CommandLine("docker-compose", rest);
        if (
            Machine.OnPath("docker")
            && (await new CommandLine("docker", "compose", "version").RunAsync(Deadline)).ExitCode == 0
        )
            return new CommandLine("docker", ["compose", .. rest]);
        throw Missing.Tell("no Docker Compose for the tests: run infra/services.sh install compose");
    }

    /// <summary>Prometheus' own checker.</summary>
    public static CommandLine Promtool(params IReadOnlyList<string> arguments) =>
        Machine.OnPath("promtool")
            ? new CommandLine("promtool", arguments)
            : throw Missing.Tell("no promtool for the tests: run infra/services.sh install prometheus");
}
