using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.Engine.Gating;
using RotationMesh.Engine.Operating;
using RotationMesh.ExternalStore;
using RotationMesh.Gates;
using RotationMesh.Hosting;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Cli;

/// <summary>What an embedded verb works with: the map, the key ring and the databases, each opened when it is first used.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Variables variables;
    private readonly Lazy<KeyRing> ring;
    private readonly Lazy<TargetDatabases> databases;
    private readonly Lazy<EnvelopeFormats> formats;
    private readonly Lazy<ControlDatabase> control;
    private readonly Lazy<GateSet> gates;
    private readonly Lazy<Standstill> standstill;
    private readonly S3Stores stores;

    /// <summary>
    /// Reads the map; what is doubtful about the keys is told on the <paramref name="terminal"/>. Throws
    /// <see cref="UsageException"/> for a fault in the map.
    /// </summary>
    public Session(ParseResult parsed, Terminal terminal)
    {
        variables = new Variables(parsed.GetValue(GlobalOptions.EnvFile));
        Map = RotationMapReader.Read(parsed.GetValue(GlobalOptions.Config)!, variables.Get);
        stores = new S3Stores(variables.Get);
        ring = new(() => Told(variables.TakeRing(), terminal));
        databases = new(() =>
            new TargetDatabases(Map) { LockPatience = WaitsForLocks ? null : TargetDatabases.ReadingPatience }
        );
        formats = new(() => new EnvelopeFormats(Map));
        control = new(() => new ControlDatabase(MapConnection.Checked(Map.Control, Map.Path)));
        standstill = new(() => new Standstill(Control, Map, Databases));
        gates = new(() => MapGates.Of(Map, Databases, () => Ring, Control));
    }

    public RotationMap Map { get; }

    /// <summary>
    /// Whether a table that somebody keeps locked is waited for as long as it takes: a rotation has all night. Set before the
    /// databases are first used.
    /// </summary>
    public bool WaitsForLocks { get; set; }

    /// <summary>The key ring of the environment. Throws <see cref="UsageException"/> for a fault in it.</summary>
    public KeyRing Ring => ring.Value;

    public TargetDatabases Databases => databases.Value;

    public EnvelopeFormats Formats => formats.Value;

    public ControlDatabase Control => control.Value;

    private SchemaCheck Schema => new(Databases, Formats, stores);

    /// <summary>What the saga and its workers need in this process.</summary>
    public MeshParts Parts => new(Map, Ring, Databases, Schema, Control) { Gates = gates.Value };

    public ControlRotations Rotations => new(Map, () => Ring, Control) { Standstill = Standstill };

    /// <summary>Why a rotation stands still.</summary>
    public Standstill Standstill => standstill.Value;

    public IInspections Inspections =>
        new LocalInspections(Map, () => Ring, Databases, Formats, Control, stores);

    /// <summary>The application's own queues.</summary>
    public IApplicationWorkers Workers => new LocalWorkers(gates.Value, Control);

    public IAuditTrail AuditTrail => new ControlAuditTrail(Control, () => HasRing ? Ring : null);

    // The audit log is also for those who may see no key.
    private bool HasRing => ring.IsValueCreated || variables.GetSecret(KeyRingReader.CurrentKey) is not null;

    public IReports Reports => new LocalReports(Map, Rotations, Databases, Schema, Control);

    public IKeyRetirement KeyRetirement =>
        new LocalKeyRetirement(Map, () => Ring, Databases, Schema, Control);

    private static KeyRing Told(KeyRing ring, Terminal terminal)
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
