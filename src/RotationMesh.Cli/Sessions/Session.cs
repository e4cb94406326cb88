using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.ExternalStore;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Cli.Sessions;

/// <summary>Map, key ring and databases of a verb that works in this process; all but the map open at their first use.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Variables variables;
    private readonly Lazy<KeyRing> ring;
    private readonly Lazy<ApplicationDatabases> databases;
    private readonly Lazy<EnvelopeFormats> formats;
    private readonly Lazy<ControlDatabase> control;
    private readonly Lazy<GateSet> gates;
    private readonly Lazy<Standstill> standstill;
    private readonly S3Stores stores;

    /// <summary>
    /// Reads the map. Throws <see cref="UsageException"/> for a fault in it. Warnings about variables and keys go to
    /// <paramref name="terminal"/>.
    /// </summary>
    public Session(ParseResult parsed, Terminal terminal)
    {
        variables = VerbVariables.Read(parsed, terminal);
        Map = RotationMapReader.Read(parsed.GetValue(GlobalOptions.Config)!, variables.Get);
        stores = new S3Stores(variables.Get);
        ring = new(() => Warned(variables.TakeRing(), terminal));
        databases = new(() =>
            new ApplicationDatabases(Map)
            {
                LockTimeout = WaitsForLocks ? null : ApplicationDatabases.ReadingLockTimeout,
                PrimaryOnly = PrimaryOnly,
            }
        );
        formats = new(() => new EnvelopeFormats(Map));
        control = new(() => new ControlDatabase(MapConnection.Checked(Map.Control, Map.Path), PrimaryOnly));
        standstill = new(() => new Standstill(Control, Map, Databases));
        gates = new(() => MapGates.Of(Map, Databases, () => Ring, Control));
    }

    public RotationMap Map { get; }

    /// <summary>
    /// Whether the verb waits for a locked table without a limit: a rotation has all night. Set before the first use of the
    /// databases.
    /// </summary>
    public bool WaitsForLocks { get; set; }

    /// <summary>
    /// Whether the verb concludes something from what it counts, so that a standby won't do. Set before the first use of a
    /// database.
    /// </summary>
    public bool PrimaryOnly { get; set; }

    /// <summary>The key ring of the environment. Throws <see cref="UsageException"/> for a fault in it.</summary>
    public KeyRing Ring => ring.Value;

    public ApplicationDatabases Databases => databases.Value;

    public EnvelopeFormats Formats => formats.Value;

    public ControlDatabase Control => control.Value;

    private SchemaCheck Schema => new(Databases, Formats, stores);

    /// <summary>The parts of the saga and its workers in this process.</summary>
    public MeshParts Parts => new(Map, Ring, Databases, Schema, Control) { Gates = gates.Value };

    public ControlRotations Rotations => new(Map, () => Ring, Control) { Standstill = Standstill };

    /// <summary>Explains why a rotation is stalled.</summary>
    public Standstill Standstill => standstill.Value;

    public IInspections Inspections =>
        new LocalInspections(Map, () => Ring, Databases, Formats, Control, stores);

    /// <summary>The application's own queues.</summary>
    public IApplicationWorkers Workers => new LocalWorkers(gates.Value, Control);

    public IAuditTrail AuditTrail => new ControlAuditTrail(Control, () => HasRing ? Ring : null);

    // A user without access to the keys may still read the audit log.
    private bool HasRing => ring.IsValueCreated || variables.GetSecret(KeyRingReader.CurrentKey) is not null;

    public IReports Reports => new LocalReports(Map, Rotations, Databases, Schema, Control, AuditTrail);

    public IKeyRetirement KeyRetirement =>
        new LocalKeyRetirement(Map, () => Ring, Databases, Schema, Control);

    private static KeyRing Warned(KeyRing ring, Terminal terminal)
    {
        foreach (var ambiguity in ring.Ambiguities)
            terminal.Progress.Warn($"Warning: {ambiguity}");
        return ring;
    }

    public async ValueTask DisposeAsync()
    {
        if (gates.IsValueCreated)
            await gates.Value.DisposeAsync();
        stores.Dispose();
        if (ring.IsValueCreated)
            ring.Value.Dispose();
        if (formats.IsValueCreated)
            formats.Value.Dispose();
        if (databases.IsValueCreated)
            await databases.Value.DisposeAsync();
        if (control.IsValueCreated)
            await control.Value.DisposeAsync();
    }
}
