using Npgsql;

namespace RotationMesh.CliTests.Verbs;

/// <summary>A transaction that was open before the count keeps a key in service, and is named.</summary>
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
}
