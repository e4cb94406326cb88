using System.Runtime.Versioning;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>A program that holds master keys leaves no core dump, and lets no diagnostic tool in.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrivacyTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Its_memory_is_its_own()
    {
        await using var site = await Site.LoadAsync("--rows", "20", "--tenants", "1");
        await using var connection = await site.Database.DataSource.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = connection.CreateCommand();
        hold.CommandText = "LOCK TABLE connectors IN ACCESS EXCLUSIVE MODE";
        await hold.ExecuteNonQueryAsync();
        await using var run = site.Command("census").Start();
        await Eventually.Holds(
            async () =>
                await site.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ) > 0,
            Deadline,
            "the program waits for the table"
        );

        var limits = await File.ReadAllLinesAsync($"/proc/{run.Id}/limits");
        var core = limits.Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        Assert.That(
            core.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6],
            Is.EqualTo(new[] { "0", "0" })
        );
        Assert.That(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{run.Id}-*"), Is.Empty);
        Assert.That(Directory.GetFiles(Path.GetTempPath(), $"clr-debug-pipe-{run.Id}-*"), Is.Empty);

        await holding.RollbackAsync();
        (await run.EndAsync(Deadline)).Exits(0);
    }
}
