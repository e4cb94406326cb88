using System.Globalization;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.FaultTests.Support;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Processes;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.FaultTests.Campaign;

/// <summary>
/// A coordinator and two workers as processes over a small table of six leaves, and keys of versions 1 to
/// <see cref="Newest"/>, of which the last is the current one.
/// </summary>
internal sealed class CampaignSite : IAsyncDisposable
{
    public const int Newest = 8;
    private const int BatchSize = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private const string Map = """
        databases: { app: { connectionString: "${APP_DATABASE_URL}" } }
        formats: { aead: { kind: hkdf-aes-256-gcm, salt: ocsuite-crypto-v1, info: "{tenant}:{context}" } }
        scopes:
          notes:
            - table: notes
              database: app
              key: id
              tenant: tenant
              version: key_version
              columns: { secret: { format: aead, context: note } }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("rotationmesh-campaign-").FullName;
    private readonly RabbitMqServer broker;
    private readonly string virtualHost;
    private readonly Dictionary<string, string?> variables;

    private CampaignSite(TestDatabase database, RabbitMqServer broker, string virtualHost)
    {
        (Database, this.broker, this.virtualHost) = (database, broker, virtualHost);
        variables = new Dictionary<string, string?>
        {
            ["MASTER_ENCRYPTION_KEY"] = Key(Newest),
            ["MASTER_ENCRYPTION_KEY_VERSION"] = $"{Newest}",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] =
                "{"
                + string.Join(",", Enumerable.Range(1, Newest - 1).Select(v => $"\"{v}\":\"{Key(v)}\""))
                + "}",
            ["APP_DATABASE_URL"] = database.ConnectionString,
            ["ROTATIONMESH_RABBITMQ"] = broker.Url(virtualHost),
        };
    }

    public TestDatabase Database { get; }

    public Member Coordinator { get; private set; } = null!;

    public List<Member> Workers { get; } = [];

    /// <summary>A key that protects nothing but made-up rows.</summary>
    public static string Key(int version) => $"kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-v{version}";

    public static async Task<CampaignSite> StartAsync(TimeSpan pace)
    {
        var database = await (await Servers.PostgresAsync()).CreateDatabaseAsync();
        var broker = await Brokers.TakeAsync();
        var virtualHost = await broker.Management.AddVirtualHostAsync();
        var site = new CampaignSite(database, broker, virtualHost);
        try
        {
            await site.CreateAsync(pace);
            site.Coordinator = site.Start("coordinator", Artifacts.Coordinator);
            for (var i = 1; i <= 2; i++)
                site.Workers.Add(site.Start($"worker {i}", Artifacts.Worker, "--concurrency", "1"));
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a rotation to a version, up or down, and returns its id.</summary>
    public Task<Guid> RotateAsync(int version) =>
        OnControlAsync(rotations =>
            rotations.StartAsync(
                new RotationOrder
                {
                    TargetVersion = version,
                    AllowDowngrade = true,
                    BatchSize = BatchSize,
                    RequestedBy = "campaign",
                },
                CancellationToken.None
            )
        );

    /// <summary>Asks a rotation to end. One that has ended meanwhile stays as it is.</summary>
    public async Task CancelAsync(Guid rotation)
    {
        try
        {
            await OnControlAsync(rotations =>
                rotations.ControlAsync(
                    rotation,
                    new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "campaign" },
                    CancellationToken.None
                )
            );
        }
        catch (Core.UsageException)
        {
            // It has ended, or has begun at this moment.
        }
    }

    /// <summary>The exit code of <c>keys retire</c>: 0 where the version is out of service.</summary>
    public async Task<ProcessOutcome> RetireAsync(int version) =>
        await Command(Artifacts.RotationMesh, "keys", "retire", $"{version}").RunAsync(Deadline);

    /// <summary>State, and whether its totals are written; empty before it begins.</summary>
    public async Task<(string State, bool Concluded, string Reason)> StateAsync(Guid rotation)
    {
        await using var command = Database.DataSource.CreateCommand(
            """
            SELECT state, concluded, coalesce(reason, '') FROM rotationmesh.rotations WHERE correlation_id = $1
            UNION ALL
            SELECT 'Cancelled', true, refused_for FROM rotationmesh.requests
            WHERE rotation_id = $1 AND kind = 'StartRotation' AND refused_at IS NOT NULL
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = rotation });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? (reader.GetString(0), reader.GetBoolean(1), reader.GetString(2))
            : ("", false, "it has not begun");
    }

    /// <summary>What changes where a rotation goes on: its state and sweep, and how many partitions are done.</summary>
    public async Task<string> ProgressAsync(Guid rotation) =>
        await Database.ScalarAsync<string>(
            $"""
            SELECT format('%s %s %s %s %s', r.state, r.sweep, r.settled_sweep, r.verified_sweep,
                          (SELECT sum(t.done) FROM rotationmesh.sweep_tables t WHERE t.rotation_id = r.correlation_id))
            FROM rotationmesh.rotations r WHERE r.correlation_id = '{rotation}'
            """
        ) ?? "";

    /// <summary>Where a rotation stands: its row, its partitions, and the sessions that hold locks on the table.</summary>
    public async Task<string> DescribeAsync(Guid rotation) =>
        await Database.ScalarAsync<string>(
            $"""
            SELECT concat_ws(E'\n',
              (SELECT format('%s, sweep %s, settled %s, verified %s, census %s, reason %s',
                             state, sweep, settled_sweep, verified_sweep, census, reason)
               FROM rotationmesh.rotations WHERE correlation_id = '{rotation}'),
              (SELECT string_agg(format('%s %s %s: %s partitions, attempt %s, %s, %s', sweep, phase, p.state, count, attempt, lease, error), E'\n')
               FROM (SELECT t.sweep, t.phase, p.state, count(*), max(p.attempt) AS attempt, max(p.lease_until) AS lease, max(p.last_error) AS error
                     FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
                     WHERE t.rotation_id = '{rotation}' GROUP BY 1, 2, 3) p),
              (SELECT string_agg(format('refused by %s: %s', worker, reason), E'\n') FROM rotationmesh.refusals WHERE rotation_id = '{rotation}'),
              (SELECT string_agg(DISTINCT format('%s %s on %s', coalesce(a.application_name, 'prepared'), l.mode, l.relation::regclass), E'\n')
               FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
               WHERE l.relation = ANY (SELECT relid FROM pg_partition_tree('notes')) AND l.mode <> 'AccessShareLock' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))
            """
        ) ?? "";

    /// <summary>Closes every connection of the mesh: what was not acknowledged is delivered again.</summary>
    public Task CloseConnectionsAsync() => broker.Management.CloseConnectionsAsync(virtualHost);

    /// <summary>Stops the broker and starts it again: what is durable is there again, and nobody is connected.</summary>
    public async Task RestartBrokerAsync()
    {
        await broker.StopAsync();
        await broker.StartAgainAsync();
    }

    /// <summary>What the processes wrote, for whoever wonders why a schedule failed.</summary>
    public string Logs() => Logs(member => member.Logs());

    /// <summary>All of it, in a file; returns its path.</summary>
    public async Task<string> KeepLogsAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), $"rotationmesh-campaign-{virtualHost}.log");
        await File.WriteAllTextAsync(file, Logs(member => member.Logs(int.MaxValue)));
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        if (Coordinator is not null)
            await Coordinator.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        await Brokers.GiveAsync(broker, virtualHost);
    }

    private string Logs(Func<Member, string> told) =>
        string.Join(Environment.NewLine, Workers.Prepend(Coordinator).Select(told));

    private string MapFile => Path.Combine(folder, "rotation.yaml");

    private async Task CreateAsync(TimeSpan pace)
    {
        await File.WriteAllTextAsync(MapFile, Map);
        await Database.ExecuteAsync(
            """
            CREATE TABLE notes (id int PRIMARY KEY, tenant text NOT NULL, secret text, key_version int NOT NULL)
                PARTITION BY HASH (id);
            """
        );
        var seconds = pace.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        await Database.ExecuteAsync(
            $"""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
            """
        );
        for (var leaf = 0; leaf < 6; leaf++)
        {
            var made =
                $"CREATE TABLE notes_{leaf} PARTITION OF notes FOR VALUES WITH (MODULUS 6, REMAINDER {leaf});";
            var slow = $"CREATE TRIGGER take_time AFTER UPDATE ON notes_{leaf} EXECUTE FUNCTION take_time()";
            await Database.ExecuteAsync(pace > TimeSpan.Zero ? made + slow : made);
        }
    }

    private async Task<T> OnControlAsync<T>(Func<ControlRotations, Task<T>> ask)
    {
        var map = RotationMapReader.Read(MapFile, variables.GetValueOrDefault);
        using var ring = KeyRingReader.Read(variables.GetValueOrDefault);
        await using var control = new ControlDatabase(map.ControlConnectionString);
        return await ask(new ControlRotations(map, () => ring, control));
    }

    private Member Start(string name, string program, params string[] arguments) =>
        new(name, Command(program, [.. arguments, "--listen", "http://127.0.0.1:0"]));

    private CommandLine Command(string program, params string[] arguments) =>
        new(program, arguments) { Environment = variables, Directory = folder };
}
