using Npgsql;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Retirement;

/// <summary>
/// Key versions that are out of service, in the control database. The audit log proves which they are. The table of them
/// only shows them: whoever may write to it can put anything there.
/// </summary>
public sealed class RetiredKeyStore(ControlDatabase control)
{
    private const string List = """
        SELECT version, fingerprint, retired_at FROM rotationmesh.retired_keys ORDER BY version
        """;

    private const string Insert = """
        INSERT INTO rotationmesh.retired_keys
            (version, fingerprint, retired_at, retired_by, audit_sequence, audit_hash)
        VALUES (@Version, @Fingerprint, @RecordedAt, @Actor, @Sequence, @Hash)
        ON CONFLICT (version) DO NOTHING
        """;

    // Makes retirements one after the other, so that the second sees what the first did.
    internal const string Wait = "SELECT pg_advisory_xact_lock(hashtextextended('rotationmesh/retire', 0))";

    // Other databases are asked within this transaction, and what was read before it may have taken hours.
    private const string Patient = "SET LOCAL idle_in_transaction_session_timeout = '5min'";

    /// <summary>
    /// Number of tries to retire a version while rotations are being written: two minutes, as a frozen process may hold them for
    /// half of one.
    /// </summary>
    private const int Tries = 160;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    internal const string FindRunning = """
        SELECT correlation_id FROM rotationmesh.rotations
        WHERE (target_version = @version OR target_fingerprint = @fingerprint) AND (ended_at IS NULL OR (state = 'Cancelled' AND NOT concluded))
          AND requested_by IS NOT NULL
        """;

    /// <summary>
    /// Lists every version that anything calls retired, in order: enough to keep rotations away from it, and too little to
    /// destroy its key. Empty where the control database has no schema of ours yet, or where the role may not read it.
    /// </summary>
    public Task<IReadOnlyList<RetiredKey>> ListAsync(CancellationToken cancellationToken) =>
        ListAsync(null, cancellationToken);

    /// <summary>Lists every version that anything calls retired, and which of them a holder of the keys retired.</summary>
    public async Task<IReadOnlyList<RetiredKey>> ListAsync(KeyRing? ring, CancellationToken cancellationToken)
    {
        try
        {
            return await control.HasAsync("retired_keys", cancellationToken)
                ? await ReadAsync(ring, cancellationToken)
                : [];
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return []; // a role that may only read the application's rows learns of no retirement
        }
    }

    private async Task<IReadOnlyList<RetiredKey>> ReadAsync(
        KeyRing? ring,
        CancellationToken cancellationToken
    )
    {
        var recorded = await control.QueryAsync<RetiredKey>(List, null, cancellationToken);
        if (!await control.HasAsync("audit_events", cancellationToken))
            return recorded;
        var reader = new AuditReader(control);
        var events = await reader.ReadRetirementsAsync(cancellationToken);
        var vouched = ring is null
            ? []
            : await new VouchedRetirements(reader, new AuditSeal(new AuditMac(ring))).ChooseAsync(
                events,
                cancellationToken
            );
        // A version may be retired anew, where nobody vouches for its first retirement any more.
        var said = vouched
            .Select(read => Of(read, vouched: true))
            .Concat(recorded)
            .Concat(events.Select(read => Of(read, vouched: false)))
            .OfType<RetiredKey>();
        var known = recorded.Select(key => key.Version).ToHashSet();
        return
        [
            .. said.GroupBy(key => key.Version)
                .Select(key =>
                    key.First() with
                    {
                        IsRecorded = known.Contains(key.Key),
                        Fingerprints = [.. key.Select(one => one.Fingerprint).OfType<string>().Distinct()],
                    }
                )
                .OrderBy(key => key.Version),
        ];
    }

    private static RetiredKey? Of(AuditEvent read, bool vouched) =>
        read.RetiredVersion() is { } version
            ? new RetiredKey
            {
                Version = version,
                Fingerprint = read.RetiredFingerprint(),
                RetiredAt = read.RecordedAt,
                Event = vouched ? read : null,
            }
            : null;

    /// <summary>Puts a retired version back into the table, with what its audit event says.</summary>
    public async Task RecordAsync(RetiredKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key is not { Event: { } retirement, IsRecorded: false })
            return;
        await control.ExecuteAsync(Insert, Row(retirement, key), cancellationToken);
    }

    private static object Row(AuditEvent retirement, RetiredKey key) =>
        new
        {
            key.Version,
            key.Fingerprint,
            retirement.RecordedAt,
            retirement.Actor,
            retirement.Sequence,
            retirement.Hash,
        };

    /// <summary>Lists the running rotations that bring rows to the version, or to its key under another number.</summary>
    public async Task<IReadOnlyList<Guid>> ListRotationsToAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) =>
        await control.HasAsync("retired_keys", cancellationToken)
            ? await control.QueryAsync<Guid>(FindRunning, new { version, fingerprint }, cancellationToken)
            : [];

    /// <summary>
    /// Lists until when workers may still bring rows to the version, by the clock of each database.
    /// </summary>
    public async Task<IReadOnlyList<WriteDeadline>> ListDeadlinesToAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) =>
        await control.HasAsync("partitions", cancellationToken)
            ? await new WriteDeadlines(control).ListToAsync(version, fingerprint, cancellationToken)
            : [];

    /// <summary>
    /// Takes a version out of service, and appends the audit event of it in one transaction. A version that a holder of the
    /// keys has retired already stays as it is. Returns what is in the way: a rotation to it that is not over, or ended since
    /// rows were <paramref name="counted"/> (by this database's clock), or a write deadline that has not passed by the
    /// <paramref name="clocks"/> of the databases, which were read before. What is <paramref name="gone"/> is forgotten in
    /// that transaction too. <paramref name="ensure"/> is asked last before the commit, after all waiting for locks, and throws
    /// where rows may come to the version again.
    /// </summary>
    public async Task<Retirement> RetireAsync(
        int version,
        string? fingerprint,
        AuditLog audit,
        AuditEntry entry,
        DateTime counted,
        IReadOnlyDictionary<string, DateTime> clocks,
        Forgotten gone,
        Func<CancellationToken, Task> ensure,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(clocks);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryRetireAsync(
                    version,
                    fingerprint,
                    audit,
                    entry,
                    counted,
                    clocks,
                    gone,
                    ensure,
                    cancellationToken
                );
            }
            catch (PostgresException busy)
                when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < Tries)
            {
                await Task.Delay(Pause, cancellationToken); // rotations are being written, and go first
            }
        }
    }

    private async Task<Retirement> TryRetireAsync(
        int version,
        string? fingerprint,
        AuditLog audit,
        AuditEntry entry,
        DateTime counted,
        IReadOnlyDictionary<string, DateTime> clocks,
        Forgotten gone,
        Func<CancellationToken, Task> ensure,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Patient, null, cancellationToken);
        await connection.ExecuteAsync(Wait, null, cancellationToken);
        var known = await ListAsync(audit.Ring, cancellationToken);
        if (known.FirstOrDefault(key => key.Version == version) is { IsVouched: true } earlier)
            return new Retirement(earlier, []);
        var inTheWay = await RetirementBarrier.CloseAsync(
            connection,
            version,
            fingerprint,
            counted,
            clocks,
            cancellationToken
        );
        if (inTheWay.Count > 0)
            return new Retirement(null, inTheWay);
        var appended = await audit.AppendAsync(transaction, entry, cancellationToken);
        var key = Of(appended, vouched: true)! with { Fingerprint = fingerprint, IsRecorded = true };
        await connection.ExecuteAsync(Insert, Row(appended, key), cancellationToken);
        await gone.ForgetAsync(connection, cancellationToken);
        await ensure(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // a cancelled wait for standbys ends like a success
        audit.Committed(appended);
        return new Retirement(key, []);
    }
}
