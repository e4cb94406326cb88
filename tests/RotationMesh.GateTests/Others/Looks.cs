using k8s;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.Kubernetes;
using RotationMesh.Tables;
using RotationMesh.Tables.Sessions;

namespace RotationMesh.GateTests.Others;

/// <summary>Looks at the one gate of a map that is written as an operator writes it.</summary>
internal static class Looks
{
    /// <summary>A look at the only item of <c>workers</c>, in YAML.</summary>
    public static Task<GateVerdict> AtWorkersAsync(
        string item,
        KubernetesClientConfiguration? cluster = null
    ) => AtAsync(Maps.With($"workers: [{{ {item} }}]"), cluster: cluster);

    /// <summary>A look at <c>snapshot</c>, in YAML, by that clock.</summary>
    public static Task<GateVerdict> AtSnapshotAsync(
        string settings,
        TimeProvider clock,
        DateTimeOffset? told = null
    ) => AtAsync(Maps.With($"snapshot: {{ {settings} }}"), clock, told);

    /// <summary>A look at the only gate of the map.</summary>
    public static async Task<GateVerdict> AtAsync(
        RotationMap map,
        TimeProvider? clock = null,
        DateTimeOffset? told = null,
        KubernetesClientConfiguration? cluster = null
    )
    {
        clock ??= TimeProvider.System;
        await using var databases = new ApplicationDatabases(map);
        await using var gates = GateSet.Of(
            map,
            [
                new GateKinds(clock),
                new SessionGates(map, databases),
                cluster is null ? new DeploymentGates() : new DeploymentGates(() => cluster),
            ],
            clock
        );
        var verdicts = await gates.LookAsync(
            new GateOccasion { SnapshotTakenAt = told },
            CancellationToken.None
        );
        return verdicts.Single();
    }

    public static void AssertLost(this GateVerdict verdict, params string[] words)
    {
        Assert.That(verdict.Holds, Is.False, verdict.ToString());
        foreach (var word in words)
            Assert.That(verdict.Reason, Does.Contain(word));
        Assert.That(verdict.Fix, Is.Not.Empty);
    }

    public static void AssertHolds(this GateVerdict verdict) =>
        Assert.That(verdict.Holds, Is.True, verdict.ToString());
}
