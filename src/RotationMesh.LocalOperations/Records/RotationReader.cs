using System.Globalization;
using System.Text.Json;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Builds the report of a rotation from the control database, at its end or while it runs. Tables come in the order
/// of <paramref name="map"/>. Where a rotation claims to be Completed, <paramref name="ring"/> checks the seals of
/// its record and of its totals; without keys (null), the report says that they were not checked.
/// </summary>
public sealed class RotationReader(ControlDatabase control, RotationMap map, KeyRing? ring)
{
    /// <summary>Reads the report: by the closing totals where there are any, else by what was settled so far.</summary>
    public async Task<RotationReport> ReadAsync(RunningRotation rotation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        var failures = new RowFailureStore(control);
        var (closing, seal) = await new SummaryStore(control).FindAsync(
            rotation.RotationId,
            cancellationToken
        );
        var summary = closing is null
            ? await SoFarAsync(rotation, failures, cancellationToken)
            : JsonSerializer.Deserialize<ClosingSummary>(closing)!;
        rotation = ToldRecords.Of(rotation, ring, closing is null ? null : summary, seal);
        var kept = await failures.ListAsync(
            rotation.RotationId,
            RotationReport.MaxFailures,
            cancellationToken
        );
        return new RotationReport
        {
            RotationId = rotation.RotationId,
            State = rotation.State,
            Reason = await ReasonAsync(rotation, cancellationToken),
            DryRun = false,
            TargetVersion = rotation.TargetVersion,
            Elapsed = rotation.Elapsed,
            Tables = InOrder(summary.Tables),
            Verified = summary.Verified,
            Decrypted = summary.Decrypted,
            PostChecks = summary.PostChecks ?? [],
            OpenWriters = summary.OpenWriters,
            Doubts = summary.Doubts ?? [],
            Within = CoveredPart.Of(map, rotation.Scopes, rotation.Tenants),
            OtherMap = rotation.MapHash is { Length: > 0 } started && started != MapHash.Of(map),
            Notes = summary.Notes ?? [],
            Failures = [.. kept.Select(Failure)],
        };
    }

    // The saga's reason says who cancelled the rotation and, in a second line, what it waits for. While partitions
    // are in hand there is no second line, and the ledger tells what it waits for.
    private async Task<string?> ReasonAsync(RunningRotation rotation, CancellationToken cancellationToken)
    {
        if (rotation is not { State: RotationState.Cancelled, Concluded: false })
            return rotation.Reason;
        if (rotation.Reason?.Contains('\n') == true)
            return rotation.Reason.Replace("\n", "; ", StringComparison.Ordinal);
        var awaited = await new WriteDeadlines(control).ListAsync(rotation.RotationId, cancellationToken);
        return awaited.Count == 0
            ? rotation.Reason
            : $"{rotation.Reason}; it waits {string.Join(", ", awaited)}";
    }

    private async Task<ClosingSummary> SoFarAsync(
        RunningRotation rotation,
        RowFailureStore failures,
        CancellationToken cancellationToken
    )
    {
        var id = rotation.RotationId;
        var totals = new ClosingTotals(
            await new RotationTableStore(control).ListAsync(id, cancellationToken),
            await failures.ByTableAsync(id, rotation.TargetVersion, cancellationToken),
            await new LedgerSummary(control).ReadAsync(id, cancellationToken)
        );
        return ClosingSummary.Of(totals.Decrypted, [.. totals.Tables(stopped: true)]);
    }

    private IReadOnlyList<TableTotals> InOrder(IEnumerable<TableTotals> tables)
    {
        var order = map.Tables.Select(entry => entry.FullName).ToList();
        return [.. tables.OrderBy(table => order.IndexOf(new(table.Scope, table.Database, table.Table)))];
    }

    private RowFailure Failure(RowFailureRecord record) =>
        new(
            record.Scope,
            record.DatabaseName,
            record.TableName,
            [.. InOrder(record, Key(record.RowKey))],
            record.Tenant,
            record.Version,
            Enum.Parse<RowError>(record.Error)
        )
        {
            Size = record.ValueSize,
            Cause = record.Cause,
        };

    // jsonb does not keep the order of the columns.
    private IEnumerable<KeyPart> InOrder(RowFailureRecord record, IEnumerable<KeyPart> parts)
    {
        var order = map.Find(record.FullName)?.Key.Select(column => column.Name).ToList() ?? [];
        return parts.OrderBy(part => order.IndexOf(part.Column));
    }

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
