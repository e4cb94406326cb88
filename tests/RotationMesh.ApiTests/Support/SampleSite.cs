using RotationMesh.Control;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MapFile;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;
using RotationMesh.TestKit;

namespace RotationMesh.ApiTests.Support;

/// <summary>A loaded sample at version 1 in a database of its own, and what a coordinator works with; version 2 is current.</summary>
internal sealed class SampleSite : IAsyncDisposable
{
    private const string OldKey = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-old";
    private const string NewKey = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-new";

    private readonly EnvelopeFormats formats;

    private SampleSite(TestDatabase database, RotationMap map)
    {
        Database = database;
        formats = new EnvelopeFormats(map);
        var databases = new ApplicationDatabases(map);
        Parts = new MeshParts(
            map,
            new KeyRing(2, new Dictionary<int, string> { [1] = OldKey, [2] = NewKey }),
            databases,
            new SchemaCheck(databases, formats),
            new ControlDatabase(map.ControlConnectionString)
        );
        Rotations = new ControlRotations(map, () => Parts.Ring, Parts.Control);
        Inspections = new LocalInspections(map, () => Parts.Ring, databases, formats, Parts.Control);
        AuditTrail = new ControlAuditTrail(Parts.Control, () => Parts.Ring);
        Reports = new LocalReports(map, Rotations, databases, Parts.Schema, Parts.Control, AuditTrail);
        KeyRetirement = new LocalKeyRetirement(map, () => Parts.Ring, databases, Parts.Schema, Parts.Control);
    }

    public TestDatabase Database { get; }

    public MeshParts Parts { get; }

    /// <summary>What the interface is to give as well.</summary>
    public ControlRotations Rotations { get; }

    /// <inheritdoc cref="Rotations"/>
    public LocalInspections Inspections { get; }

    /// <inheritdoc cref="Rotations"/>
    public ControlAuditTrail AuditTrail { get; }

    /// <inheritdoc cref="Rotations"/>
    public LocalReports Reports { get; }

    /// <inheritdoc cref="Rotations"/>
    public LocalKeyRetirement KeyRetirement { get; }

    public static async Task<SampleSite> LoadAsync(SampleOptions options)
    {
        var database = await TemplateDatabases.CopyAsync($"{options}", filled => FillAsync(filled, options));
        return new SampleSite(database, Read(SampleMap.Yaml("APP"), database.ConnectionString));
    }

    private static async Task FillAsync(TestDatabase database, SampleOptions options)
    {
        using var ring = new KeyRing(1, new Dictionary<int, string> { [1] = OldKey });
        await new SampleLoader(database.DataSource, ring, options).LoadAsync(null, CancellationToken.None);
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Parts.Ring.Dispose();
        formats.Dispose();
        await Parts.Databases.DisposeAsync();
        await Parts.Control.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static RotationMap Read(string yaml, string connectionString)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            return RotationMapReader.Read(file, _ => connectionString);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
