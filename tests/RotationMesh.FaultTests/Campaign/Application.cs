using System.Security.Cryptography;
using System.Text;
using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.FaultTests.Campaign;

/// <summary>
/// The application that owns the rows: it writes in transactions that it holds open or prepared, and knows of each row
/// what it committed last. The rotation may change a row's key, and never its plaintext.
/// </summary>
internal sealed class Application(TestDatabase database, Random random) : IAsyncDisposable
{
    private const int Rows = 360;
    private const int RowsInWrite = 7;

    private readonly Dictionary<int, string> committed = [];
    private readonly List<Write> open = [];
    private int next = 1;
    private int texts;

    /// <summary>Transactions that have written and not ended.</summary>
    public int Open => open.Count;

    /// <summary>Fills the table at a version.</summary>
    public async Task FillAsync(int version)
    {
        for (var i = 0; i < Rows; i += 60)
        {
            var write = await BeginAsync();
            for (var row = 0; row < 60; row++)
                await InsertAsync(write, version);
            await CommitAsync(write);
        }
    }

    /// <summary>Begins a transaction, writes some rows at a version, and leaves it open or prepared.</summary>
    public async Task WriteAsync(int version)
    {
        var write = await BeginAsync();
        for (var i = 0; i < RowsInWrite; i++)
            if (random.Next(3) == 0)
                await InsertAsync(write, version);
            else
                await UpdateAsync(write, version);
        if (random.Next(3) == 0)
        {
            await RunAsync(write.Connection, $"PREPARE TRANSACTION '{write.Name}'");
            write.IsPrepared = true;
        }

        open.Add(write);
    }

    /// <summary>Ends one of the open transactions, three of four with a commit.</summary>
    public async Task EndOneAsync()
    {
        if (open.Count == 0)
            return;
        var write = open[random.Next(open.Count)];
        open.Remove(write);
        if (random.Next(4) == 0)
            await RollbackAsync(write);
        else
            await CommitAsync(write);
    }

    /// <summary>Ends all of them.</summary>
    public async Task EndAllAsync()
    {
        while (open.Count > 0)
            await EndOneAsync();
    }

    /// <summary>What is wrong with the rows, held against what was committed; none where all is well.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(int? onlyVersion, IReadOnlyCollection<int> retired)
    {
        var wrong = new List<string>();
        var seen = new HashSet<int>();
        await using var command = database.DataSource.CreateCommand(
            "SELECT id, tenant, secret, key_version FROM notes"
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var (id, version) = (reader.GetInt32(0), reader.GetInt32(3));
            seen.Add(id);
            if (onlyVersion is { } wanted && version != wanted)
                wrong.Add($"row {id} is at version {version}, and not at {wanted}");
            if (retired.Contains(version))
                wrong.Add($"row {id} is at version {version}, which is retired");
            if (Decrypt(reader.GetString(1), reader.GetString(2), version) != committed.GetValueOrDefault(id))
                wrong.Add($"row {id} does not hold what was committed last");
        }

        wrong.AddRange(committed.Keys.Except(seen).Select(id => $"row {id} is lost"));
        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var write in open)
            await write.Connection.DisposeAsync();
    }

    private async Task<Write> BeginAsync()
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        await RunAsync(connection, "BEGIN");
        return new Write(connection, $"{database.Name}_{Guid.NewGuid():N}");
    }

    private async Task InsertAsync(Write write, int version)
    {
        var id = next++;
        var text = Text();
        await RunAsync(
            write.Connection,
            "INSERT INTO notes (id, tenant, secret, key_version) VALUES ($1, $2, $3, $4)",
            id,
            Tenant(id),
            Encrypt(Tenant(id), text, version),
            version
        );
        write.Texts[id] = text;
    }

    // Rows that another open transaction holds are left alone: the application does not wait for itself.
    private async Task UpdateAsync(Write write, int version)
    {
        await using var find = write.Connection.CreateCommand();
        find.CommandText = "SELECT id FROM notes ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED";
        if (await find.ExecuteScalarAsync() is not int id)
            return;
        var text = Text();
        await RunAsync(
            write.Connection,
            "UPDATE notes SET secret = $1, key_version = $2 WHERE id = $3",
            Encrypt(Tenant(id), text, version),
            version,
            id
        );
        write.Texts[id] = text;
    }

    private async Task CommitAsync(Write write)
    {
        await RunAsync(write.Connection, write.IsPrepared ? $"COMMIT PREPARED '{write.Name}'" : "COMMIT");
        foreach (var (id, text) in write.Texts)
            committed[id] = text;
        await write.Connection.DisposeAsync();
    }

    private static async Task RollbackAsync(Write write)
    {
        await RunAsync(write.Connection, write.IsPrepared ? $"ROLLBACK PREPARED '{write.Name}'" : "ROLLBACK");
        await write.Connection.DisposeAsync();
    }

    private static async Task RunAsync(
        NpgsqlConnection connection,
        string sql,
        params IReadOnlyList<object> values
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private string Text() => $"text {++texts}";

    private static string Tenant(int id) => $"tenant-{id % 4}";

    private static string Encrypt(string tenant, string text, int version) =>
        Convert.ToBase64String(
            ReferenceEnvelope.Seal(CampaignSite.Key(version), tenant, "note", Encoding.UTF8.GetBytes(text))
        );

    private static string Decrypt(string tenant, string secret, int version)
    {
        try
        {
            return Encoding.UTF8.GetString(
                ReferenceEnvelope.Open(
                    CampaignSite.Key(version),
                    tenant,
                    "note",
                    Convert.FromBase64String(secret)
                )
            );
        }
        catch (CryptographicException)
        {
            return "(it does not decrypt)";
        }
    }

    private sealed class Write(NpgsqlConnection connection, string name)
    {
        public NpgsqlConnection Connection => connection;

        public string Name => name;

        public bool IsPrepared { get; set; }

        public Dictionary<int, string> Texts { get; } = [];
    }
}
