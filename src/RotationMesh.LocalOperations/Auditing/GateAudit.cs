using System.Text.Json;
using System.Text.Json.Serialization;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>
/// Records the outcomes of gates in the audit log. Gates are looked at every few seconds, by more than one process
/// perhaps. Only an outcome that differs from the last recorded one, or is overridden by somebody else or for another reason,
/// is appended, so a caller may report all of them.
/// </summary>
public sealed class GateAudit(ControlDatabase control, AuditLog audit)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>
    /// Appends the gates whose outcome changed. An overridden gate is recorded under <paramref name="actor"/>, every
    /// other outcome under the program.
    /// </summary>
    public async Task RecordAsync(
        Guid rotationId,
        IReadOnlyList<GateCheckedDetails> found,
        string actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(found);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var last = await RecordedGates.ReadAsync(transaction, rotationId, cancellationToken);
        var known = last.Select(told =>
                Known(JsonSerializer.Deserialize<GateCheckedDetails>(told.Details, Json)!, told.Actor)
            )
            .ToHashSet();
        var appended = new List<AuditEvent>();
        foreach (var gate in found)
        {
            var entry = AuditEntry.Of(
                AuditKind.GateChecked,
                rotationId,
                gate.Outcome == GateOutcome.Overridden ? actor : AuditEntry.Program,
                gate
            );
            if (!known.Contains(Known(gate, entry.Actor)))
                appended.Add(await audit.AppendAsync(transaction, entry, cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        appended.ForEach(audit.Committed);
    }

    // The reason of a gate that is lost may change with every look; that of an override is the operator's.
    private static (string, GateOutcome, string, string?) Known(GateCheckedDetails gate, string actor) =>
        (gate.Gate, gate.Outcome, actor, gate.Outcome == GateOutcome.Overridden ? gate.Reason : null);
}
