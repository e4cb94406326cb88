using NUnit.Framework;
using RotationMesh.FaultTests.Setting;

namespace RotationMesh.FaultTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public Task Stop_the_servers() => Servers.StopAsync();
}
