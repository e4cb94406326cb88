using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>The server that is measured; each run gets a fresh copy of a loaded database.</summary>
internal sealed class BenchDatabase(string server)
{
    private const string Loaded = "rotationmesh_bench_loaded";
    private const string Copy = "rotationmesh_bench";

    /// <summary>Connection string of the database under test.</summary>
    public string ConnectionString => With(Copy);

    /// <summary>Creates an empty database to load into.</summary>
    public async Task CreateAsync()
    {
        await ServerAsync($"DROP DATABASE IF EXISTS {Loaded} WITH (FORCE)");
        await ServerAsync($"DROP DATABASE IF EXISTS {Copy} WITH (FORCE)");
        await ServerAsync($"CREATE DATABASE {Copy}");
    }

    /// <summary>Keeps the loaded database as the template of every run.</summary>
    public Task KeepAsync() => ServerAsync($"ALTER DATABASE {Copy} RENAME TO {Loaded}");

    /// <summary>A fresh copy, with nothing left to be written in the background.</summary>
    public async Task ResetAsync()
    {
        await ServerAsync($"DROP DATABASE IF EXISTS {Copy} WITH (FORCE)");
        await ServerAsync($"CREATE DATABASE {Copy} TEMPLATE {Loaded}");
        await ServerAsync("CHECKPOINT");
    }

    /// <summary>Changes the database under test.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>Opens a session that looks at the database under test; by its name it is none of the program's.</summary>
    public async Task<NpgsqlConnection> ObserveAsync()
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = "rotationmesh-bench",
        };
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Drops both.</summary>
    public async Task DropAsync()
    {
        await ServerAsync($"DROP DATABASE IF EXISTS {Copy} WITH (FORCE)");
        await ServerAsync($"DROP DATABASE IF EXISTS {Loaded} WITH (FORCE)");
    }

    /// <summary>
    /// The ceiling: the database rewrites the same rows alone, two sessions on halves of the table, no client and no
    /// cryptography. Seconds.
    /// </summary>
    public async Task<double> RewriteAsync()
    {
        var pages = await PagesAsync();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            UpdateAsync($"ctid < '({pages / 2},0)'"),
            UpdateAsync($"ctid >= '({pages / 2},0)'")
        );
        return clock.Elapsed.TotalSeconds;
    }

    private Task UpdateAsync(string half) =>
        ExecuteAsync(
            ConnectionString,
            $"UPDATE knowledge_entries SET content = content || '', encryption_key_version = 2 WHERE {half}"
        );

    private async Task<long> PagesAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT pg_relation_size('knowledge_entries') / 8192",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private Task ServerAsync(string sql) => ExecuteAsync(With("postgres"), sql);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    private string With(string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = false }.ConnectionString;
}
