using System.Globalization;
using System.Text.Json;
using RotationMesh.Engine;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.Mesh.Embedding;

/// <summary>Puts the report of a rotation together from what the control database keeps.</summary>
internal sealed class ReportReader(MeshParts parts)
{
    /// <summary>The report; of a rotation that is paused, by what was settled so far.</summary>
    public async Task<RotationReport> ReadAsync(RunningRotation rotation)
    {
        var source = parts.Control.Source;
        var closing = await new RotationStore(source).FindClosingAsync(
            rotation.RotationId,
            CancellationToken.None
        );
        var failures = new RowFailureStore(source);
        var summary = closing is null
            ? await SoFarAsync(rotation, failures)
            : JsonSerializer.Deserialize<ClosingSummary>(closing.Summary)!;
        var kept = await failures.ListAsync(
            rotation.RotationId,
            RotationReport.MaxFailures,
            CancellationToken.None
        );
        return new RotationReport
        {
            RotationId = rotation.RotationId,
            State = rotation.State,
            Reason = rotation.Reason,
            DryRun = false,
            TargetVersion = rotation.TargetVersion,
            Elapsed = closing?.Elapsed ?? TimeSpan.Zero,
            Tables = summary.Tables,
            Verified = summary.Verified,
            Failures = [.. kept.Select(Failure)],
        };
    }

    private async Task<ClosingSummary> SoFarAsync(RunningRotation rotation, RowFailureStore failures)
    {
        var source = parts.Control.Source;
        var totals = new ClosingTotals(
            await new RotationTableStore(source).ListAsync(rotation.RotationId, CancellationToken.None),
            await failures.ByTableAsync(rotation.RotationId, rotation.TargetVersion, CancellationToken.None),
            await new LedgerSummary(source).ReadAsync(rotation.RotationId, CancellationToken.None)
        );
        return new ClosingSummary(totals.Verified, [.. totals.Tables(cancelled: true)]);
    }

    private static RowFailure Failure(RowFailureRecord record) =>
        new(
            record.Scope,
            record.DatabaseName,
            record.TableName,
            [.. Key(record.RowKey)],
            record.Tenant,
            record.Version,
            Enum.Parse<RowError>(record.Error)
        );

    private static IEnumerable<KeyPart> Key(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var part in document.RootElement.EnumerateObject().ToList())
        {
            var isNumber = part.Value.ValueKind == JsonValueKind.Number;
            yield return new KeyPart(
                part.Name,
                isNumber
                    ? part.Value.GetInt64().ToString(CultureInfo.InvariantCulture)
                    : part.Value.GetString() ?? "",
                isNumber
            );
        }
    }
}
