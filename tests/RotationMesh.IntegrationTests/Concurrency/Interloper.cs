using Npgsql;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>
/// An application that acts exactly when it is told to, between the read of a batch and its write. It changes, deletes
/// and inserts rows and vacuums in between, so that a row may come back at the very place where it was read.
/// </summary>
internal sealed class Interloper : IDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly Random random;
    private readonly List<string> ids;
    private readonly Dictionary<string, string?> last;
    private int counter;

    public Interloper(Fixture fixture, int seed, IEnumerable<Note> opening)
    {
        connection = fixture.Source.OpenConnection();
        random = new Random(seed);
        last = opening.ToDictionary(note => note.Id, note => (string?)$"body of {note.Id}");
        ids = [.. last.Keys];
    }

    /// <summary>Plaintext of each row that exists, as it was written last.</summary>
    public IReadOnlyDictionary<string, string> Last =>
        last.Where(row => row.Value is not null).ToDictionary(row => row.Key, row => row.Value!);

    /// <summary>A few changes, each a transaction of its own.</summary>
    public void Act()
    {
        for (var step = random.Next(1, 5); step > 0; step--)
            Change(ids[random.Next(ids.Count)]);
    }

    public void Dispose() => connection.Dispose();

    private void Change(string id)
    {
        switch (random.Next(8))
        {
            case 0:
                Run("DELETE FROM notes WHERE id = $1", id);
                last[id] = null;
                break;
            case 1:
                Run("VACUUM notes");
                break;
            case < 5:
                Run("DELETE FROM notes WHERE id = $1", id);
                Run("VACUUM notes");
                Write(id);
                break;
            default:
                Write(id);
                break;
        }
    }

    private void Write(string id)
    {
        var plaintext = $"write {++counter} of {id}";
        var tenant = $"tenant-{random.Next(3)}";
        var version = random.Next(1, 3);
        Run(
            """
            INSERT INTO notes (id, tenant, body, version) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET tenant = $2, body = $3, version = $4
            """,
            id,
            tenant,
            Value.Seal(plaintext, tenant, version),
            version
        );
        last[id] = plaintext;
    }

    private void Run(string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.ExecuteNonQuery();
    }
}
