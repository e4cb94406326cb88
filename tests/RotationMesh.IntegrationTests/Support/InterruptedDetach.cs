using Dapper;
using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Begins to detach a partition, and is interrupted: it is about to be detached from then on (PostgreSQL 14 and later).</summary>
internal static class InterruptedDetach
{
    /// <summary>The statement that ends it.</summary>
    public static string FinalizeWith(string table, string leaf) =>
        $"ALTER TABLE {table} DETACH PARTITION {leaf} FINALIZE";

    public static async Task BeginToDetachAsync(this Fixture fixture, string table, string leaf)
    {
        await using var reader = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await reader.BeginTransactionAsync();
        await reader.ExecuteAsync($"SELECT FROM {table}");
        await using var session = await fixture.Source.OpenConnectionAsync();
        var process = session.ProcessID;
        var detaching = session.ExecuteAsync($"ALTER TABLE {table} DETACH PARTITION {leaf} CONCURRENTLY");
        await Eventually.Holds(
            () => fixture.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending)"),
            TimeSpan.FromMinutes(1),
            "it is about to be detached"
        );
        await fixture.ExecuteAsync($"SELECT pg_cancel_backend({process})");
        Assert.That(
            async () => await detaching,
            Throws
                .TypeOf<PostgresException>()
                .With.Property(nameof(PostgresException.SqlState))
                .EqualTo(PostgresErrorCodes.QueryCanceled)
        );
    }
}
