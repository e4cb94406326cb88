using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>Looks for the writers of a fixture's tables.</summary>
internal static class WriterLooks
{
    /// <summary>Who is open now, at a first look.</summary>
    public static async Task<IReadOnlyList<OpenWriter>> LookForWritersAsync(this Fixture fixture)
    {
        var targets = (
            await fixture.Schema.CheckAsync(fixture.Map.Tables, false, CancellationToken.None)
        ).OrThrow();
        var writers = new EarlierWriters(fixture.Databases, targets);
        await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None);
        return writers.Open;
    }

    // It is under way, and has come to the row at which it is held.
    public static Task ProgressAsync(this Fixture fixture, string view) =>
        Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    $"SELECT count(*) > 0 FROM {view} JOIN pg_stat_activity a USING (pid)"
                        + " WHERE a.datname = current_database() AND a.wait_event = 'advisory'"
                ),
            TimeSpan.FromSeconds(60),
            $"there is progress in {view}"
        );
}
