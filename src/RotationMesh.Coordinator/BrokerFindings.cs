using RotationMesh.Bus.Standing;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Coordinator;

/// <summary>Reports this coordinator's state with RabbitMQ as findings of the doctor.</summary>
internal static class BrokerFindings
{
    private const string Subject = "RabbitMQ";

    public static IReadOnlyList<Finding> Of(BrokerStanding standing) =>
        standing.Troubles is { Count: > 0 } troubles
            ? [.. troubles.Select(trouble => new Finding(Verdict.Bad, Subject, trouble.Reason, trouble.Fix))]
        : standing.HasJoined ? [new Finding(Verdict.Good, Subject, "takes messages and has the queues", null)]
        :
        [
            new Finding(
                Verdict.Bad,
                Subject,
                "this coordinator has not joined the mesh yet",
                "wait a moment; what it waits for is in its log and at /health/ready"
            ),
        ];
}
