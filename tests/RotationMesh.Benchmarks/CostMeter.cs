using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>Measures one run of a part on a fresh copy: readings of server and table before it and after it.</summary>
internal sealed class CostMeter(SampleFixture fixture, int rows)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // A session hands in its counts at its end; a server before version 15 needs a moment more to add them up.
    private const string HaveArrived = """
        SELECT n_tup_upd >= @updates AND NOT EXISTS (
            SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())
        FROM pg_stat_user_tables WHERE relid = 'knowledge_entries'::regclass
        """;

    public async Task<CostRun> MeasureAsync(CostPart part)
    {
        await fixture.ResetAsync(part.Emptied);
        await using var observer = await fixture.Database.ObserveAsync();
        var server = ServerProcesses.Of(observer);
        var before = await TableGrowth.ReadAsync(observer);
        var used = server.Seconds();
        var (client, wall) = await part.RunAsync(fixture);
        await WaitForCountsAsync(observer, before.Updates + (part.Rewrites ? rows : 0));
        var seconds = server.Seconds() - used;
        var after = await TableGrowth.ReadAsync(observer);
        return new CostRun(client, seconds, wall, after.Since(before));
    }

    private static async Task WaitForCountsAsync(NpgsqlConnection observer, long updates)
    {
        var clock = Stopwatch.StartNew();
        await using var command = new NpgsqlCommand(HaveArrived, observer);
        command.Parameters.AddWithValue("updates", updates);
        while (!(bool)(await command.ExecuteScalarAsync())!)
        {
            if (clock.Elapsed > Longest)
                throw new TimeoutException(
                    "sessions of the part do not end, or it has updated fewer rows than the table has"
                );
            await Task.Delay(Interval);
        }
    }
}
