using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Control;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>A control database with an audit log.</summary>
public sealed class AuditScene : IAsyncDisposable
{
    public const string Alice = "alice@desk-7";

    /// <summary>Keys of versions 1 and 2; the second is current.</summary>
    public static readonly KeyRing Ring = RingOf(2, (1, 'k'), (2, 'q'));

    private readonly ControlDatabase control;

    private AuditScene(TestDatabase database)
    {
        Database = database;
        control = new ControlDatabase(database.ConnectionString);
        Log = LogOf(Ring);
        Reader = new AuditReader(control);
    }

    public TestDatabase Database { get; }
    public ControlDatabase Control => control;
    public AuditLog Log { get; }
    public AuditReader Reader { get; }

    public static async Task<AuditScene> CreateAsync() => new(await MigratedDatabase.CreateAsync());

    public static AuditEntry Entry(string reason = "as planned", Guid? rotationId = null) =>
        AuditEntry.Of(AuditKind.StateChanged, rotationId, Alice, new { From = "Planning", Reason = reason });

    public Task<AuditEvent> AppendAsync(string reason = "as planned", Guid? rotationId = null) =>
        Log.AppendAsync(control, Entry(reason, rotationId));

    /// <summary>Appends many events in one transaction.</summary>
    public async Task AppendManyAsync(int count)
    {
        await using var connection = await control.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        for (var number = 1; number <= count; number++)
            await Log.AppendAsync(transaction, Entry($"number {number}"), CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async Task<IReadOnlyList<AuditEvent>> EventsAsync() =>
        await Reader.ReadAsync(CancellationToken.None).ToListAsync();

    public static AuditLog LogOf(KeyRing ring, Action<AuditEvent>? appended = null) => new(ring, appended);

    public static KeyRing RingOf(int current, params (int Version, char Filling)[] keys) =>
        new(
            current,
            keys.Select(key =>
                KeyValuePair.Create(key.Version, new string(key.Filling, MasterKeyRules.MinLength))
            )
        );

    public Task<AuditVerdict> VerifyAsync(string? expected = null) => VerifyAsync(Ring, expected);

    public async Task<AuditVerdict> VerifyAsync(KeyRing? ring, string? expected = null) =>
        await new AuditVerification(
            Reader,
            new AuditMarks(control),
            ring is null ? null : new AuditSeal(new AuditMac(ring))
        ).RunAsync(
            expected,
            await AuditHead.FindAsync(control, CancellationToken.None),
            CancellationToken.None
        );

    /// <summary>Changes the log as only somebody can who may take its trigger away.</summary>
    public Task TamperAsync(string sql) =>
        Database.ExecuteAsync(
            $"""
            ALTER TABLE rotationmesh.audit_events DISABLE TRIGGER refuse_change;
            {sql};
            ALTER TABLE rotationmesh.audit_events ENABLE ALWAYS TRIGGER refuse_change;
            """
        );

    /// <summary>A rotation that notes an event as its newest.</summary>
    public async Task<Guid> BeginRotationAsync()
    {
        var id = Guid.NewGuid();
        await Database.ExecuteAsync(
            $"""
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes)
            VALUES ('{id}', 'Rotating', 2, repeat('a', 16), repeat('b', 64), ARRAY['knowledge'])
            """
        );
        return id;
    }

    public async Task NoteAsync(AuditEvent appended)
    {
        await using var connection = await control.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await AuditMarks.NoteAsync(transaction, appended, CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await control.DisposeAsync();
        await Database.DisposeAsync();
    }
}

internal static class AuditLogs
{
    /// <summary>Appends an event in a transaction of its own.</summary>
    public static async Task<AuditEvent> AppendAsync(
        this AuditLog log,
        ControlDatabase control,
        AuditEntry entry
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await log.AppendAsync(transaction, entry, CancellationToken.None);
        await transaction.CommitAsync();
        log.Committed(written);
        return written;
    }
}
