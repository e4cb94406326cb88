using MassTransit;
using RotationMesh.Coordination.Saga;

namespace RotationMesh.UnitTests.Coordination;

public sealed class RotationStateMachineTests
{
    [Test]
    public void Every_state_and_event_is_set_by_the_library()
    {
        var machine = new RotationStateMachine();
        var properties = typeof(RotationStateMachine)
            .GetProperties()
            .Where(property =>
                property.DeclaringType == typeof(RotationStateMachine)
                && (
                    property.PropertyType.IsAssignableTo(typeof(State))
                    || property.PropertyType.IsAssignableTo(typeof(Event))
                )
            )
            .ToList();
        Assert.That(properties, Has.Count.GreaterThan(20));
        Assert.That(
            properties
                .Where(property => property.GetValue(machine) is null)
                .Select(property => property.Name),
            Is.Empty
        );
    }
}
