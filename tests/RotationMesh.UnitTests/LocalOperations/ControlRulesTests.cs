using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Requests;
using RotationMesh.Operations;

namespace RotationMesh.UnitTests.LocalOperations;

public sealed class ControlRulesTests
{
    private static readonly RotationMap Map = new()
    {
        Path = "rotation.yaml",
        Databases = [],
        ControlConnectionString = "",
        Formats = [],
        Scopes = [new("connectors", [])],
    };

    [TestCase("Paused", ControlAction.Resume)]
    [TestCase("CompletedWithFailures", ControlAction.Retry)]
    public void By_another_map_a_rotation_is_not_gone_on_with(string state, ControlAction action)
    {
        var others = Map with { Scopes = [new("connectors", []), new("knowledge", [])] };

        Assert.That(
            () => Ask(state, action, MapHash.Of(others)),
            Throws.InstanceOf<RotationStateException>().With.Message.Contains(Reasons.MapDiffers)
        );
        Assert.That(() => Ask(state, action, MapHash.Of(Map)), Throws.Nothing);
    }

    [TestCase("Rotating", ControlAction.Pause)]
    [TestCase("Paused", ControlAction.Cancel)]
    public void By_another_map_it_can_be_stopped(string state, ControlAction action) =>
        Assert.That(() => Ask(state, action, "another"), Throws.Nothing);

    private static void Ask(string state, ControlAction action, string hash) =>
        ControlRules.EnsureAllowed(
            new RunningRotation
            {
                State = state,
                MapHash = hash,
                EndedAt = state == "CompletedWithFailures" ? DateTime.UtcNow : null,
            },
            new ControlOrder { Action = action, RequestedBy = "ann" },
            Map
        );
}
