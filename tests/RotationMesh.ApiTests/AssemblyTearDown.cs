using RotationMesh.TestKit;

[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]

namespace RotationMesh.ApiTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public Task Stop_the_server() => PostgresServer.StopAsync();
}
