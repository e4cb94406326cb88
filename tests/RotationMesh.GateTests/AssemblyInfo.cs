using RotationMesh.TestKit;

[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]

namespace RotationMesh.GateTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public async Task Stop_the_servers()
    {
        await PostgresServer.StopAsync();
        await TestKit.Redis.RedisServer.StopSharedAsync();
    }
}
