using Dapper;
using Npgsql;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.DryRuns;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations;
using RotationMesh.Tables;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>A database with a map over it, and all that a rotation needs. The map holds the test's entries, in one scope.</summary>
internal sealed class Fixture : IAsyncDisposable
{
    public const string App = "app";
    public const string Format = "tenant-aead";

    private readonly TestDatabase database;
    private readonly ControlDatabase control;

    private Fixture(
        TestDatabase database,
        KeyRing ring,
        TableEntry[] entries,
        DatabaseEntry[] databases,
        string? controlConnectionString = null
    )
    {
        controlConnectionString ??= database.ConnectionString;
        this.database = database;
        Ring = ring;
        Map = new RotationMap
        {
            Path = "rotation.yaml",
            Databases = databases,
            ControlConnectionString = controlConnectionString,
            Formats =
            [
                new FormatEntry(Format, HkdfAes256Gcm.Kind, "ocsuite-crypto-v1", "{tenant}:{context}"),
            ],
            Scopes =
            [
                .. entries
                    .GroupBy(entry => entry.Scope)
                    .Select(scope => new ScopeEntry(scope.Key, [.. scope])),
            ],
        };
        Databases = new ApplicationDatabases(Map);
        Formats = new EnvelopeFormats(Map);
        control = new ControlDatabase(controlConnectionString);
    }

    public RotationMap Map { get; }

    public KeyRing Ring { get; }

    public ApplicationDatabases Databases { get; }

    public EnvelopeFormats Formats { get; }

    public ControlDatabase Control => control;

    /// <summary>The stores of the map's external values; needed where it names one.</summary>
    public IExternalStores? Stores { get; set; }

    public SchemaCheck Schema => new(Databases, Formats, Stores);

    public RotationProgress Progress { get; } = new();

    public NpgsqlDataSource Source => database.DataSource;

    public string ConnectionString => database.ConnectionString;

    /// <summary>An empty database and a map of these entries (of <see cref="Entries.Notes"/> where none is given).</summary>
    public static async Task<Fixture> CreateAsync(params TableEntry[] entries) =>
        Of(await TestDatabase.CreateAsync(), entries.Length == 0 ? [Entries.Notes] : entries);

    private static Fixture Of(TestDatabase database, TableEntry[] entries) =>
        new(database, TestKeys.Ring(), entries, [new DatabaseEntry(App, database.ConnectionString, 3)]);

    /// <summary>A database of the test's own under the map of the notes, controlled from another.</summary>
    public static Fixture Of(
        TestDatabase database,
        string controlConnectionString,
        string? connectionString = null,
        TableEntry[]? entries = null
    ) =>
        new(
            database,
            TestKeys.Ring(),
            entries ?? [Entries.Notes],
            [new DatabaseEntry(App, connectionString ?? database.ConnectionString, 3)],
            controlConnectionString
        )
        {
            Borrowed = true,
        };

    /// <summary>Databases that all have the notes, each under its own name, controlled from another.</summary>
    public static Fixture Of(
        IReadOnlyList<TestDatabase> fleet,
        string controlConnectionString,
        string keywords = ""
    ) =>
        new(
            fleet[0],
            TestKeys.Ring(),
            [.. fleet.Select(database => Entries.Notes with { Database = database.Name })],
            [
                .. fleet.Select(
                    (database, place) =>
                        new DatabaseEntry(database.Name, $"{database.ConnectionString};{keywords}", place)
                ),
            ],
            controlConnectionString
        )
        {
            Borrowed = true,
        };

    /// <summary>The same database by a role of its own, controlled by the owner's.</summary>
    public static Fixture Of(Fixture owner, string connectionString) =>
        Of(owner.database, owner.ConnectionString, connectionString);

    /// <summary>The same database behind another map, role or key ring; the first fixture keeps the database alive.</summary>
    public Fixture Variant(TableEntry[]? entries = null, KeyRing? ring = null, string? user = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        if (user is not null)
            (builder.Username, builder.Password) = (user, TestRole.Password);
        return new Fixture(
            database,
            ring ?? TestKeys.Ring(),
            entries ?? [.. Map.Tables],
            [new DatabaseEntry(App, builder.ConnectionString, 3)]
        )
        {
            Borrowed = true,
        };
    }

    /// <summary>The same database behind a map that names another one as well.</summary>
    public Fixture WithDatabase(string name, string connectionString, params TableEntry[] entries) =>
        Both(ConnectionString, name, connectionString, entries);

    /// <summary>The same database by a role, under two names of a map; the owner controls it.</summary>
    public Fixture Twice(string name, string connectionString, params TableEntry[] entries) =>
        Both(connectionString, name, connectionString, entries);

    private Fixture Both(string own, string name, string other, TableEntry[] entries) =>
        new(
            database,
            TestKeys.Ring(),
            entries,
            [new DatabaseEntry(App, own, 3), new DatabaseEntry(name, other, 4)]
        )
        {
            Borrowed = true,
        };

    private bool Borrowed { get; init; }

    /// <summary>Rotates every table of the map to its end.</summary>
    public Task<RotationReport> RotateAsync(
        int target = 2,
        int batchSize = RotationSettings.DefaultBatchSize,
        bool dryRun = false,
        bool allowDowngrade = false,
        int workers = 2,
        string[]? tenants = null,
        string verify = "",
        CancellationToken stopping = default
    )
    {
        var order = Order(target) with
        {
            Verify = verify,
            Tenants = tenants ?? [],
            BatchSize = batchSize,
            AllowDowngrade = allowDowngrade,
        };
        var parts = new MeshParts(Map, Ring, Databases, Schema, control);
        return dryRun
            ? new DryRun(Map, Ring, Databases, Schema, Control, Progress).RunAsync(order, workers, stopping)
            : new EmbeddedMesh(parts, Progress).RunAsync(order, workers, stopping);
    }

    /// <summary>What an operator asks for: every table of the map to a version.</summary>
    public StartRotation Order(int target = 2) =>
        new OrderCheck(Map, Ring).Check(new RotationOrder { TargetVersion = target, RequestedBy = "test" });

    /// <summary>Decrypts every row under the version that it claims.</summary>
    public Task<VerificationReport> VerifyAsync(string[]? tenants = null) =>
        new TableVerification(Ring, Databases, Schema, Progress).RunAsync(
            [.. Map.Tables],
            new VerificationRequest
            {
                Tenants = tenants,
                Share = _ => null,
                Workers = 2,
            },
            CancellationToken.None
        );

    /// <summary>The map's tables as the live database has them. Throws where the map does not fit.</summary>
    public async Task<IReadOnlyList<MappedTable>> TargetsAsync() =>
        (await Schema.CheckAsync(Map.Tables, forWriting: true, CancellationToken.None)).OrThrow();

    public async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values);
    }

    public async Task<T> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, values))!;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql, values)];
    }

    public async ValueTask DisposeAsync()
    {
        await Databases.DisposeAsync();
        await control.DisposeAsync();
        Formats.Dispose();
        Ring.Dispose();
        if (!Borrowed)
            await database.DisposeAsync();
    }
}
