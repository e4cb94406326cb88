using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

public sealed class WhenARotationEndsMeanwhile
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const string Cancelled = """
        INSERT INTO rotationmesh.rotations
            (correlation_id, state, target_version, target_fingerprint, map_hash, scopes, requested_by, ended_at)
        VALUES (gen_random_uuid(), 'Cancelled', 1, repeat('a', 16), repeat('b', 64), '{notes}', 'test', now() - interval '1 hour')
        """;

    [Test]
    public async Task Its_last_writes_may_not_be_in_a_count_that_was_under_way()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                External = "(SELECT pg_advisory_xact_lock_shared(7)) IS NULL",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20, version: 2));
        await fixture.Control.MigrateAsync(CancellationToken.None);
        await fixture.ExecuteAsync(Cancelled);
        await using var holder = await fixture.Source.OpenConnectionAsync();
        await using var hold = holder.CreateCommand();
        hold.CommandText = "SELECT pg_advisory_lock(7)";
        await hold.ExecuteNonQueryAsync();

        var listing = fixture.KeyAsync();
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
                ),
            Deadline,
            "the count is under way"
        );
        await fixture.ExecuteAsync("UPDATE rotationmesh.rotations SET concluded = true");
        hold.CommandText = "SELECT pg_advisory_unlock(7)";
        await hold.ExecuteNonQueryAsync();

        var key = await listing;
        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(key.InTheWay.Single(), Does.Contain("brings rows to version 1"));
        Assert.That((await fixture.KeyAsync()).SafeToRetire, Is.True);
    }
}
