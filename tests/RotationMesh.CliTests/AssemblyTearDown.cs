using RotationMesh.CliTests.Setting;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public async Task Stop_the_server()
    {
        await LoadedSamples.DropAsync();
        await PostgresServer.StopAsync();
    }
}
