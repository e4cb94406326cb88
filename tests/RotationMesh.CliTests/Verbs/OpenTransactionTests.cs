using Npgsql;

namespace RotationMesh.CliTests.Verbs;

/// <summary>A transaction that was open before the count, or before the scan, keeps a key in service, and is named.</summary>
public sealed class OpenTransactionTests
{
    [Test]
    public async Task A_key_is_retired_once_the_transaction_that_may_need_it_has_ended()
    {
        await using var site = await Site.LoadAsync("--rows", "200", "--tenants", "5");
        (await site.RunAsync("rotate")).Exits(0);
        await using var application = await site.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await using var write = new NpgsqlCommand(
            "UPDATE connectors SET encryption_key_version = 1 WHERE id = (SELECT max(id) FROM connectors)",
            application
        );
        await write.ExecuteNonQueryAsync();

        var refused = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(4).Json();
        var listed = (await site.RunAsync("keys")).Exits(0).Output;
        await transaction.RollbackAsync();

        Assert.That((bool)refused["retired"]!, Is.False);
        Assert.That((string)refused["inTheWay"]![0]!, Does.Contain($"session {application.ProcessID} ("));
        Assert.That(listed, Does.Contain("Version 1 is not safe to retire"));
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    [Test]
    public async Task A_key_is_retired_once_the_transaction_that_copied_old_values_has_ended()
    {
        await using var site = await Site.LoadAsync("--rows", "200", "--tenants", "5");
        await using var migration = await site.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await migration.BeginTransactionAsync();
        await using var copy = new NpgsqlCommand(
            "CREATE TABLE public.old_connectors AS SELECT \"encryptedAccessToken\" FROM connectors",
            migration
        );
        await copy.ExecuteNonQueryAsync();
        (await site.RunAsync("rotate")).Exits(0);

        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        await transaction.RollbackAsync();

        Assert.That(
            refused,
            Does.Contain(
                    "In the way: database app: transactions that were open when rows were counted may bring values to where nobody sees them: "
                )
                .And.Contain($"session {migration.ProcessID} (")
        );
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
    }
}
