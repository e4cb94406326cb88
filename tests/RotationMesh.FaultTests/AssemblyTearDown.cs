using NUnit.Framework;
using RotationMesh.FaultTests.Support;

// They wait for most of their time.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]

namespace RotationMesh.FaultTests;

/// <summary>Covers this namespace and those below it: the whole assembly.</summary>
[SetUpFixture]
public sealed class AssemblyTearDown
{
    [OneTimeTearDown]
    public Task Stop_the_servers() => Servers.StopAsync();
}
