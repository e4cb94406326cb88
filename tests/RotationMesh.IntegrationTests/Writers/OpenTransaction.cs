using Dapper;
using Npgsql;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>A session of an application that has written and not committed.</summary>
internal sealed class OpenTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private OpenTransaction(NpgsqlConnection connection) => this.connection = connection;

    public int Pid => connection.ProcessID;

    /// <summary>Begins, and runs the statements.</summary>
    public static async Task<OpenTransaction> BeginAsync(Fixture fixture, params string[] statements)
    {
        var connection = await fixture.Source.OpenConnectionAsync();
        foreach (var statement in statements.Prepend("SET application_name = 'a-long-job'; BEGIN"))
            await connection.ExecuteAsync(statement);
        return new OpenTransaction(connection);
    }

    /// <summary>An INSERT of a sound row at a version.</summary>
    public static string Insert(string id, string table = "notes", int version = 1)
    {
        var note = Note.Of(id, version: version);
        return $"INSERT INTO {table} (id, tenant, body, version) VALUES ('{note.Id}', '{note.Tenant}', '{note.Body}', {version})";
    }

    public Task RunAsync(string statement) => connection.ExecuteAsync(statement);

    public Task CommitAsync() => RunAsync("COMMIT");

    public async ValueTask DisposeAsync()
    {
        await connection.ExecuteAsync("ROLLBACK; RESET application_name");
        await connection.DisposeAsync();
    }
}
