using System.Collections.Concurrent;
using Npgsql;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>
/// An application that changes its own share of the notes while they are rotated, in transactions of several rows that
/// it holds for a moment, and remembers what it wrote last: a row's plaintext, or that it is gone.
/// </summary>
internal sealed class Writer(Fixture fixture, int number, int seed)
{
    private const int Ids = 60;
    private readonly Random random = new(seed);
    private readonly ConcurrentDictionary<string, string?> last = [];
    private int counter;

    /// <summary>Plaintext by key as of the last commit; null where the row was deleted.</summary>
    public IReadOnlyDictionary<string, string?> Last => last;

    /// <summary>Transactions that were committed.</summary>
    public int Committed { get; private set; }

    /// <summary>The rows that the writer starts from.</summary>
    public IEnumerable<Note> Opening() =>
        Enumerable
            .Range(0, Ids)
            .Select(i =>
            {
                var id = Id(i);
                last[id] = $"body of {id}";
                return Note.Of(id, Tenant());
            });

    /// <summary>Writes until it is told to stop.</summary>
    public async Task RunAsync(Func<int> version, CancellationToken stop)
    {
        await using var connection = await fixture.Source.OpenConnectionAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
            await TransactAsync(connection, version);
    }

    private async Task TransactAsync(NpgsqlConnection connection, Func<int> version)
    {
        var written = new Dictionary<string, string?>();
        await using var transaction = await connection.BeginTransactionAsync();
        for (var step = random.Next(1, 6); step > 0; step--)
        {
            var id = Id(random.Next(Ids));
            written[id] = await ChangeAsync(connection, id, version());
        }

        // The rows stay locked for a moment, so that the rotation runs into them.
        await RunAsync(connection, $"SELECT pg_sleep({random.Next(0, 12)} / 1000.0)");
        if (random.Next(10) == 0)
        {
            await transaction.RollbackAsync();
            return;
        }

        await transaction.CommitAsync();
        Committed++;
        foreach (var (id, plaintext) in written)
            last[id] = plaintext;
    }

    private async Task<string?> ChangeAsync(NpgsqlConnection connection, string id, int version)
    {
        var plaintext = $"{id} write {++counter}";
        var tenant = Tenant();
        var kind = random.Next(10);
        if (kind < 3)
            await RunAsync(connection, "DELETE FROM notes WHERE id = $1", id);
        if (kind == 0)
            return null;
        var body = Value.Seal(plaintext, tenant, version);
        await RunAsync(
            connection,
            """
            INSERT INTO notes (id, tenant, body, version) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET tenant = $2, body = $3, version = $4
            """,
            id,
            tenant,
            body,
            version
        );
        return plaintext;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private string Tenant() => $"tenant-{random.Next(4)}";

    private string Id(int i) => $"w{number}-{i:d3}";
}
