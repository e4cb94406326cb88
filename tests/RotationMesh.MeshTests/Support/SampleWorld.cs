using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Support;

/// <summary>A loaded sample in a database of its own, and the parts of a process that rotates it from version 1 to 2.</summary>
internal sealed class SampleWorld : IAsyncDisposable
{
    public const string OldKey = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-old";
    public const string NewKey = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-new";
    private const string ThirdKey = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-third";

    private readonly EnvelopeFormats formats;
    private readonly bool owns;

    private SampleWorld(TestDatabase database, RotationMap map, KeyRing ring, bool owns)
    {
        this.owns = owns;
        Database = database;
        formats = new EnvelopeFormats(map);
        var databases = new ApplicationDatabases(map);
        Parts = new MeshParts(
            map,
            ring,
            databases,
            new SchemaCheck(databases, formats),
            new ControlDatabase(map.ControlConnectionString)
        );
    }

    public TestDatabase Database { get; }

    public MeshParts Parts { get; }

    /// <summary>What an operator asks for: everything of the map, to the current key. A new one each time.</summary>
    public StartRotation Order =>
        new OrderCheck(Parts.Map, Parts.Ring).Check(
            new RotationOrder { BatchSize = 200, RequestedBy = "test" }
        );

    public static KeyRing Ring(string newKey = NewKey) =>
        new(2, new Dictionary<int, string> { [1] = OldKey, [2] = newKey });

    /// <summary>A ring that goes one version further.</summary>
    public static KeyRing RingOfThree() =>
        new(
            3,
            new Dictionary<int, string>
            {
                [1] = OldKey,
                [2] = NewKey,
                [3] = ThirdKey,
            }
        );

    public static async Task<SampleWorld> LoadAsync(SampleOptions options)
    {
        var database = await TemplateDatabases.CopyAsync($"{options}", filled => FillAsync(filled, options));
        return new SampleWorld(
            database,
            Read(SampleMap.Yaml("APP"), _ => database.ConnectionString),
            Ring(),
            owns: true
        );
    }

    // With the control schema, as no test here is about making it.
    private static async Task FillAsync(TestDatabase database, SampleOptions options)
    {
        using var ring = new KeyRing(1, new Dictionary<int, string> { [1] = OldKey });
        await new SampleLoader(database.DataSource, ring, options).LoadAsync(null, CancellationToken.None);
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
    }

    /// <summary>The same database seen by a process with another map or other keys; stays the first one's.</summary>
    public SampleWorld Beside(RotationMap? map = null, KeyRing? ring = null) =>
        new(Database, map ?? Parts.Map, ring ?? Ring(), owns: false);

    public static RotationMap Read(string yaml, Func<string, string?> variables)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            return RotationMapReader.Read(file, variables);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Rows of the three tables that are at a version.</summary>
    public Task<long> AtVersionAsync(int version) =>
        Database.ScalarAsync<long>(
            $"""
            SELECT (SELECT count(*) FROM connectors WHERE encryption_key_version = {version})
                 + (SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = {version})
                 + (SELECT count(*) FROM knowledge_sources WHERE encryption_key_version = {version})
            """
        );

    /// <summary>A figure of the closing totals, over all tables and rotations.</summary>
    public Task<long> TotalAsync(string figure) =>
        Database.ScalarAsync<long>(
            $"""
            SELECT sum((t ->> '{figure}')::bigint)::bigint
            FROM rotationmesh.rotations, jsonb_array_elements(summary -> 'Tables') t
            """
        );

    public async Task<string> StateAsync() =>
        await Database.ScalarAsync<string>(
            "SELECT state FROM rotationmesh.rotations ORDER BY started_at DESC LIMIT 1"
        ) ?? "";

    public async ValueTask DisposeAsync()
    {
        Parts.Ring.Dispose();
        formats.Dispose();
        await Parts.Databases.DisposeAsync();
        await Parts.Control.DisposeAsync();
        if (owns)
            await Database.DisposeAsync();
    }
}
