using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public Task Stop_the_server() => PostgresServer.StopAsync();
}
