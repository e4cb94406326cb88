using System.Text.Json;
using NUnit.Framework;
using RotationMesh.Control.Audit;
using RotationMesh.Core.Keys;
using RotationMesh.Operations.Documents;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Support;

/// <summary>What the audit log has of a rotation.</summary>
internal sealed class AuditedRotation(SampleWorld world, Guid rotationId)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    public async Task<IReadOnlyList<AuditEvent>> EventsAsync() =>
        await new AuditReader(world.Parts.Control).ReadRotationAsync(
            rotationId,
            1000,
            CancellationToken.None
        );

    public static T Details<T>(AuditEvent written) => JsonSerializer.Deserialize<T>(written.Details, Json)!;

    /// <summary>
    /// Asserts that one start is told first, each change of state goes on where the one before it left, totals are told
    /// once, and the chain is sound with its newest event noted.
    /// </summary>
    public async Task AssertIsOneStoryAsync(string end)
    {
        await Eventually.Holds(
            async () => (await EventsAsync()).Any(written => written.Kind == "RotationEnded"),
            Deadline,
            "the totals are in the audit log"
        );
        var events = await EventsAsync();
        var changes = events
            .Where(written => written.Kind == "StateChanged")
            .Select(Details<StateChangedDetails>)
            .ToList();
        var verdict = await new AuditVerification(
            new AuditReader(world.Parts.Control),
            new AuditMarks(world.Parts.Control),
            new AuditSeal(new AuditMac(world.Parts.Ring))
        ).RunAsync(
            null,
            await AuditHead.FindAsync(world.Parts.Control, CancellationToken.None),
            CancellationToken.None
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events[0].Kind, Is.EqualTo("RotationStarted"));
            Assert.That(events.Count(written => written.Kind == "RotationStarted"), Is.EqualTo(1));
            Assert.That(changes[0].From, Is.EqualTo("Checking"));
            Assert.That(
                changes.Skip(1).Select(change => change.From),
                Is.EqualTo(changes.SkipLast(1).Select(change => change.To))
            );
            Assert.That(changes[^1].To, Is.EqualTo(end));
            Assert.That(events.Count(written => written.Kind == "RotationEnded"), Is.EqualTo(1));
            Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    $"SELECT audit_sequence FROM rotationmesh.rotations WHERE correlation_id = '{rotationId}'"
                ),
                Is.EqualTo(events[^1].Sequence)
            );
        }
    }
}
