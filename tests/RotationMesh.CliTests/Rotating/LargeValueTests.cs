using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace RotationMesh.CliTests.Rotating;

/// <summary>What a process needs in memory for values of tens of megabytes.</summary>
public sealed class LargeValueTests
{
    private const string Table = "knowledge_entries";
    private const int Megabyte = 1024 * 1024;

    /// <summary>What the peak of one and the same run differs by from time to time, whatever the values' size.</summary>
    private const int Noise = 10 * Megabyte;

    private Site site = null!;
    private IReadOnlyList<(string Id, string Tenant)> rows = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "2");
        var found = await site.Database.QueryAsync<string>(
            $"SELECT id || ' ' || \"tenantId\" FROM {Table} WHERE \"tenantId\" IS NOT NULL ORDER BY id LIMIT 5"
        );
        rows = [.. found.Select(row => row.Split(' ')).Select(row => (row[0], row[1]))];
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    [Platform("Linux")]
    public async Task Memory_is_bounded_by_four_times_the_largest_value()
    {
        var usual = await PeakAsync("rotate", "--dry-run", "--workers", "2");
        foreach (var row in rows)
            await EnlargeAsync(row, 60 * Megabyte);

        var peak = await PeakAsync("rotate", "--workers", "2");

        TestContext.Out.WriteLine($"usual {usual / Megabyte} MB, peak {peak / Megabyte} MB");
        Assert.That(peak - usual, Is.LessThan((4L * 60 * Megabyte) + Noise));
        (await site.RunAsync("verify")).Exits(0);
    }

    [Test]
    public async Task One_beyond_the_bound_is_a_failure_with_its_size_until_the_map_allows_it()
    {
        await EnlargeAsync(rows[0], 70 * Megabyte);

        var document = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        var failure = document["failures"]!.AsArray().Single()!;
        Assert.That(document.Failures(), Is.EqualTo(new[] { (Table, rows[0].Id, "ValueTooLarge") }));
        Assert.That((long)failure["size"]!, Is.EqualTo(70 * Megabyte));
        Assert.That(
            (await site.RunAsync("failures")).Exits(0).Output,
            Does.Contain("ValueTooLarge (73,400,320 bytes)")
        );
        site.Map = site.Map.Replace(
            $"- table: {Table}\n",
            $"- table: {Table}\n      largestValue: 100MB\n",
            StringComparison.Ordinal
        );
        Assert.That(site.Map, Does.Contain("largestValue"));
        (await site.RunAsync("rotate")).Exits(0);
    }

    // As long as was asked for: base64 has four characters for three bytes.
    private async Task EnlargeAsync((string Id, string Tenant) row, int bytes)
    {
        var plaintext = RandomNumberGenerator.GetHexString((bytes / 4 * 3) - 28);
        await using var command = site.Database.DataSource.CreateCommand(
            $"UPDATE {Table} SET content = $1 WHERE id = $2"
        );
        command.Parameters.Add(
            new NpgsqlParameter { Value = Envelope.Seal(1, row.Tenant, "knowledge_entry", plaintext) }
        );
        command.Parameters.Add(new NpgsqlParameter { Value = row.Id });
        Assert.That(await command.ExecuteNonQueryAsync(), Is.EqualTo(1));
    }

    // The kernel keeps the highest mark until the process is gone.
    private async Task<long> PeakAsync(params string[] arguments)
    {
        await using var run = site.Command(arguments).Start();
        var peak = 0L;
        var status = $"/proc/{run.Id}/status";
        var end = Site.EndAsync(run);
        while (!end.IsCompleted)
        {
            try
            {
                var line = (await File.ReadAllLinesAsync(status)).FirstOrDefault(line =>
                    line.StartsWith("VmHWM:", StringComparison.Ordinal)
                );
                if (line is not null)
                    peak = Math.Max(peak, long.Parse(line.Split()[^2], CultureInfo.InvariantCulture) * 1024);
            }
            catch (IOException)
            {
                // It has just ended.
            }

            await Task.WhenAny(end, Task.Delay(5));
        }

        (await end).Exits(0);
        return peak;
    }
}
