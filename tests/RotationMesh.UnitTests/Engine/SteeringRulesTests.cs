using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Engine.Operating;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control;

namespace RotationMesh.UnitTests.Engine;

public sealed class SteeringRulesTests
{
    private static readonly RotationMap Map = new()
    {
        Path = "rotation.yaml",
        Databases = [],
        ControlConnectionString = "",
        Formats = [],
        Scopes = [new("connectors", [], 1)],
    };

    [TestCase("Paused", Steering.Resume)]
    [TestCase("CompletedWithFailures", Steering.Retry)]
    public void By_another_map_a_rotation_is_not_gone_on_with(string state, Steering steering)
    {
        var others = Map with { Scopes = [new("connectors", [], 1), new("knowledge", [], 2)] };

        Assert.That(
            () => Ask(state, steering, MapHash.Of(others)),
            Throws.InstanceOf<RotationStateException>().With.Message.Contains(Reasons.MapDiffers)
        );
        Assert.That(() => Ask(state, steering, MapHash.Of(Map)), Throws.Nothing);
    }

    [TestCase("Rotating", Steering.Pause)]
    [TestCase("Paused", Steering.Cancel)]
    public void By_another_map_it_can_be_stopped(string state, Steering steering) =>
        Assert.That(() => Ask(state, steering, "another"), Throws.Nothing);

    private static void Ask(string state, Steering steering, string hash) =>
        SteeringRules.EnsureAllowed(
            new RunningRotation
            {
                State = state,
                MapHash = hash,
                EndedAt = state == "CompletedWithFailures" ? DateTime.UtcNow : null,
            },
            new SteeringOrder { Steering = steering, RequestedBy = "ann" },
            Map
        );
}
