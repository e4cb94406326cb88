using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Npgsql;
using RotationMesh.Control.Audit;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>
/// Records the outcomes of gates in the audit log. Gates are looked at every few seconds, by more than one process
/// perhaps. Only an outcome that differs from the last recorded one is appended, so a caller may report all of them.
/// </summary>
public sealed class GateAudit(NpgsqlDataSource source, AuditLog audit)
{
    private const string Wait = "SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))";

    private const string FindLast = """
        SELECT DISTINCT ON (details ->> 'gate') details::text FROM rotationmesh.audit_events
        WHERE rotation_id = @rotationId AND kind = 'GateChecked'
        ORDER BY details ->> 'gate', sequence DESC
        """;

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
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                Wait,
                new { name = $"rotationmesh/gates/{rotationId}" },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var last = await connection.QueryAsync<string>(
            new CommandDefinition(
                FindLast,
                new { rotationId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var known = last.Select(details => JsonSerializer.Deserialize<GateCheckedDetails>(details, Json)!)
            .Select(gate => (gate.Gate, gate.Outcome))
            .ToHashSet();
        var appended = new List<AuditEvent>();
        foreach (var gate in found.Where(gate => !known.Contains((gate.Gate, gate.Outcome))))
            appended.Add(
                await audit.AppendAsync(
                    transaction,
                    AuditEntry.Of(
                        AuditKind.GateChecked,
                        rotationId,
                        gate.Outcome == GateOutcome.Overridden ? actor : AuditEntry.Program,
                        gate
                    ),
                    cancellationToken
                )
            );
        await transaction.CommitAsync(cancellationToken);
        appended.ForEach(audit.Committed);
    }
}
