using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Retirement;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.LocalOperations.Retiring.Reach;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Versions;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Retires key versions, after a census and a verification of every row by this process.</summary>
public sealed class LocalKeyRetirement(
    RotationMap map,
    Func<KeyRing> ring,
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control
) : IKeyRetirement
{
    /// <summary>Called with each event of the audit log once the event is committed.</summary>
    public Action<AuditEvent>? Appended { get; init; }

    /// <summary>How much is scanned of what the map does not name.</summary>
    public ScanDepth Depth { get; init; } = ScanDepth.Retirement;

    /// <inheritdoc/>
    public async Task<RetirementDocument> RetireAsync(
        RetirementOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        var keys = ring();
        var version = order.Version;
        await RetirementOrders.EnsureAsync(order, keys.CurrentVersion, control, cancellationToken);
        var store = new RetiredKeyStore(control);
        var skipped = order.SkippedScans.Select(scan => scan.Place).ToList();
        var check = new RetirementCheck(map, keys, databases, schema, control)
        {
            Gone = order.Gone,
            SkippedPlaces = skipped,
        };
        var usage = await VersionUse.FindAsync(check, version, progress, cancellationToken);
        if (check.Counted is not null) // else the answer says what could not be counted
            RetirementOrders.EnsureMeant(order, check);
        var earlier = (await store.ListAsync(keys, cancellationToken)).FirstOrDefault(key =>
            key.Version == version && key.IsVouched
        );
        var (verified, empty) = (check.Verified, check.Empty);
        var look = new RetirementLook();
        var isUsed = earlier is null ? !usage.SafeToRetire : usage.InTheWay.Count > 0;
        if (!isUsed && order.SkipScanReason is null)
        {
            look = await ProgressReports.WhileAsync(
                progress,
                _ =>
                    new RetirementScan(map, keys, databases, check.Held, Depth).LookAsync(
                        version,
                        skipped,
                        check.MetPlaces,
                        cancellationToken
                    )
            );
            usage = usage with { SafeToRetire = look.InTheWay.Count == 0, InTheWay = look.InTheWay };
        }

        look.Warnings.AddRange([
            .. check.Warnings,
            .. usage.RingDoubts,
            .. UnreadExternals.OutsideOfRows(map),
        ]);
        if (usage.InTheWay.Count == 0)
            look.Warnings.AddRange(check.Externals.Told(version));
        var audit = new AuditLog(keys, Appended);
        if (earlier is not null)
        {
            var confirmed = await ConfirmAsync(store, earlier, usage, cancellationToken);
            // What an operator answers for is recorded, though the version stays as it is.
            var answersFor = order.SkipScanReason is not null || order.SkippedScans.Count > 0;
            if (confirmed.Retired && (answersFor || !Gone().IsEmpty))
                await Gone().ForgetAsync(control, audit, Entry(), cancellationToken);
            return Tell(confirmed, order, look, check);
        }

        // Decrypting and scanning took their time: count again, and record at once.
        var counted = await control.NowAsync(cancellationToken);
        (var closing, usage) = await CloseAsync(version, usage, cancellationToken);
        await using var closed = closing;
        if (usage.SafeToRetire)
            usage = await VersionUse.FindAsync(check, version, null, cancellationToken);
        if (!usage.SafeToRetire)
            return Tell(
                new RetirementDocument(
                    version,
                    usage.Fingerprint,
                    false,
                    null,
                    usage.Doubt is { } doubt ? [.. usage.InTheWay, doubt] : usage.InTheWay
                ),
                order,
                look,
                check
            );
        await control.MigrateAsync(cancellationToken);
        var clocks = await new OpenWrites(databases, control).ReadClocksAsync(
            version,
            usage.Fingerprint,
            cancellationToken
        );
        var retired = await store.RetireAsync(
            version,
            usage.Fingerprint,
            audit,
            Entry(),
            counted,
            clocks,
            Gone(),
            closing!.EnsureAsync,
            cancellationToken
        );
        var document = retired.Key is { } key
            ? Document(key)
            : new RetirementDocument(version, usage.Fingerprint, false, null, retired.InTheWay);
        return Tell(document, order, look, check);

        Forgotten Gone() => new(check.Places.Forgotten, check.Failed.Forgotten);

        AuditEntry Entry() =>
            AuditEntry.Of(
                AuditKind.KeyRetired,
                null,
                order.RequestedBy,
                new KeyRetiredDetails
                {
                    Version = version,
                    Fingerprint = usage.Fingerprint,
                    CommandLine = order.CommandLine,
                    MapHash = MapHash.Of(map),
                    Rows = check.Counted ?? 0,
                    Verified = verified,
                    ScannedTables = order.SkipScanReason is null ? look.Tables : null,
                    ScannedRows = order.SkipScanReason is null ? look.Rows : null,
                    ScannedWholly = order.SkipScanReason is null ? look.Wholly : null,
                    NotLookedAt = look.NotLookedAt is { Count: > 0 } places ? places : null,
                    ScanSkipped = order.SkipScanReason,
                    ScanSkippedOf = order.SkippedScans is { Count: > 0 } left ? left : null,
                    Empty = empty,
                    ExternalUnread = check.Externals.Count(version) is > 0 and var unread ? unread : null,
                    Gone = Gone() is { Databases: { Count: > 0 } missing }
                        ? [.. missing.Select(one => $"{one.Database} {one.Identity}")]
                        : null,
                    GoneTables = Gone() is { Failures: { Count: > 0 } failures }
                        ? [.. failures.Select(FailedTables.Named).Distinct()]
                        : null,
                }
            );
    }

    // An earlier retirement is no proof that the version is unused now: rows may have come back.
    private async Task<RetirementDocument> ConfirmAsync(
        RetiredKeyStore store,
        RetiredKey earlier,
        KeyDocument usage,
        CancellationToken cancellationToken
    )
    {
        if (usage.InTheWay.Count == 0)
        {
            await control.MigrateAsync(cancellationToken);
            await store.RecordAsync(earlier, cancellationToken);
            return Document(earlier);
        }

        var rows = usage.Rows + usage.External;
        var again =
            rows > 0
                ? [$"retired since {earlier.RetiredAt:u}, and {rows} rows claim it again"]
                : (IReadOnlyList<string>)[];
        return new RetirementDocument(
            earlier.Version,
            earlier.Fingerprint,
            false,
            earlier.RetiredAt,
            [.. again, .. usage.InTheWay]
        );
    }

    // From the last count until the retirement is recorded, no rotation of any control database brings rows to the
    // version.
    private async Task<(VersionClosing?, KeyDocument)> CloseAsync(
        int version,
        KeyDocument usage,
        CancellationToken cancellationToken
    )
    {
        if (!usage.SafeToRetire)
            return (null, usage);
        try
        {
            var closing = await VersionClosing.CloseAsync(
                databases,
                map.Tables.Select(table => table.Database).Distinct(),
                version,
                cancellationToken
            );
            return (
                closing,
                usage with
                {
                    SafeToRetire = closing.InTheWay.Count == 0,
                    InTheWay = closing.InTheWay,
                }
            );
        }
        catch (NpgsqlException fault)
        {
            return (null, VersionUse.Uncounted(version, fault) with { Fingerprint = usage.Fingerprint });
        }
    }

    private static RetirementDocument Tell(
        RetirementDocument document,
        RetirementOrder order,
        RetirementLook look,
        RetirementCheck check
    ) =>
        document with
        {
            Rows = check.Counted,
            Decrypted = check.Verified,
            Scans = look.Scans,
            Warnings = look.Warnings,
            ScanSkipped = order.SkipScanReason,
            ScanSkippedOf = order.SkippedScans,
            ExternalUnread = document.Retired ? check.Externals.Count(document.Version) : 0,
            DetachedLeaves = check.DetachedLeaves,
        };

    private static RetirementDocument Document(RetiredKey key) =>
        new(key.Version, key.Fingerprint, true, key.RetiredAt, []);
}
