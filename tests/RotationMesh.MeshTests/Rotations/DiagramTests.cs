using System.Text.RegularExpressions;
using MassTransit;
using MassTransit.SagaStateMachine;
using NUnit.Framework;
using RotationMesh.Coordination.Saga;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed partial class DiagramTests
{
    private static readonly RotationStateMachine Machine = new();

    [Test]
    public void The_machine_moves_as_the_diagram_in_the_architecture_shows()
    {
        var drawn = Transition()
            .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "ARCHITECTURE.md")))
            .SelectMany(line =>
                new[]
                {
                    $"{line.Groups["from"].Value.Replace("[*]", "Initial")} on {line.Groups["event"].Value}",
                    $"{line.Groups["event"].Value} to {line.Groups["to"].Value}",
                }
            )
            .Distinct();
        var moves = Machine
            .GetGraph()
            .Edges.Select(edge =>
                edge.From.VertexType == typeof(Event)
                    ? $"{edge.From.Title} to {edge.To.Title}"
                    : $"{edge.From.Title} on {edge.To.Title}"
            )
            .Distinct();

        Assert.That(drawn.Order(), Is.EqualTo(moves.Order()));
    }

    [Test]
    public void Every_state_says_what_it_does_with_every_event()
    {
        var events = Machine.Events.Select(heard => heard.Name).Order().ToList();
        using (Assert.EnterMultipleScope())
        {
            foreach (var state in Machine.States.Except([Machine.Initial, Machine.Final]))
                Assert.That(
                    Machine.NextEvents(state).Select(heard => heard.Name).Distinct().Order(),
                    Is.EqualTo(events),
                    state.Name
                );
        }
    }

    [GeneratedRegex(@"^\s+(?<from>\w+|\[\*\]) --> (?<to>\w+) : (?<event>\w+)", RegexOptions.Multiline)]
    private static partial Regex Transition();
}
