using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.Tables.Writing;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>A value outside the database is moved by no statement that asks the clock: its worker holds the lock meanwhile.</summary>
public sealed class WhenValuesOfAStoreComeLate
{
    [Test]
    public async Task Nothing_is_sent_once_the_time_has_ended()
    {
        await using var fixture = await Fixture.CreateAsync();
        await using var connection = await fixture.Source.OpenConnectionAsync();
        var now = await fixture.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var hold = new TermHold(connection, new WriteTerm(Guid.NewGuid(), now), TimeSpan.FromMinutes(1));
        var sent = false;

        Assert.ThrowsAsync<WriteTermEndedException>(() =>
            hold.WhileAsync(() => Task.FromResult(sent = true))
        );

        Assert.That(sent, Is.False);
    }

    [Test]
    public async Task Nothing_is_sent_while_somebody_ends_the_rotation()
    {
        await using var fixture = await Fixture.CreateAsync();
        await using var connection = await fixture.Source.OpenConnectionAsync();
        await using var ending = await fixture.Source.OpenConnectionAsync();
        var term = Terms.Long;
        await using var transaction = await ending.BeginTransactionAsync();
        await using var take = new Npgsql.NpgsqlCommand(
            $"SELECT pg_advisory_xact_lock({WriteTerm.LockOf(term.RotationId)})",
            ending
        );
        await take.ExecuteNonQueryAsync();
        var sent = false;

        Assert.ThrowsAsync<WriteTermEndedException>(() =>
            new TermHold(connection, term, TimeSpan.FromMinutes(1)).WhileAsync(() =>
                Task.FromResult(sent = true)
            )
        );

        Assert.That(sent, Is.False);
    }

    [Test]
    public async Task Who_ends_the_rotation_sees_whose_values_are_under_way()
    {
        await using var fixture = await Fixture.CreateAsync();
        await using var connection = await fixture.Source.OpenConnectionAsync();
        var term = Terms.Long;
        var hold = new TermHold(connection, term, TimeSpan.FromMinutes(1));
        var writes = new WriteLock(fixture.Databases);

        var meanwhile = await hold.WhileAsync(() =>
            writes.FindHoldersAsync(term.RotationId, Fixture.App, CancellationToken.None)
        );

        Assert.That(meanwhile, Does.StartWith($"session {connection.ProcessID}"));
        Assert.That(
            await writes.FindHoldersAsync(term.RotationId, Fixture.App, CancellationToken.None),
            Is.Null,
            "nobody, once they are settled"
        );
    }

    [Test]
    public void The_time_is_up_by_the_clock_of_a_process_that_stood_still_too()
    {
        Assert.That(
            new TermHold(null!, Terms.Long, TimeSpan.Zero).EnsureInTime,
            Throws.InstanceOf<WriteTermEndedException>()
        );
        Assert.That(new TermHold(null!, Terms.Long, TimeSpan.FromHours(1)).EnsureInTime, Throws.Nothing);
    }
}
