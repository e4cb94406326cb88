using Npgsql;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.UnitTests.Databases;

/// <summary>Who gets the connections to a server; no server is contacted.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ServerConnectionsTests
{
    private readonly ServerConnections server = new(most: 2);

    [Test]
    public async Task Those_who_wait_are_served_in_the_order_of_their_coming()
    {
        await using var first = Pool();
        await using var second = Pool();
        await EnterAsync(first);
        await EnterAsync(first);
        var early = server.EnterAsync(second, CancellationToken.None);
        var late = server.EnterAsync(first, CancellationToken.None);

        server.Leave(first);

        await early;
        Assert.That(late.IsCompleted, Is.False, "it would find one that is idle, but came later");
        server.Leave(second);
        await late;
    }

    [Test]
    public async Task The_pool_that_was_not_used_for_longest_gives_its_idle_ones_up()
    {
        await using var first = Pool();
        await using var second = Pool();
        await using var third = Pool();
        await EnterAsync(first);
        server.Leave(first);
        await EnterAsync(second);
        server.Leave(second);

        await EnterAsync(third);

        Assert.That((first.Open, second.Open, third.Open), Is.EqualTo((0, 1, 1)));
    }

    [Test]
    public async Task Who_calls_off_gives_his_place_up()
    {
        await using var pool = Pool();
        await EnterAsync(pool);
        await EnterAsync(pool);
        using var off = new CancellationTokenSource();
        var waiting = server.EnterAsync(pool, off.Token);
        var next = server.EnterAsync(pool, CancellationToken.None);

        await off.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        server.Leave(pool);

        await next;
        Assert.That(pool.Open, Is.EqualTo(2));
    }

    [Test]
    public async Task Who_waits_for_too_long_gets_one_all_the_same()
    {
        await using var pool = Pool();
        await EnterAsync(pool);
        await EnterAsync(pool);

        await server.EnterAsync(pool, CancellationToken.None);

        Assert.That(pool.Open, Is.EqualTo(3), "those who hold the others may wait for this one");
        server.Leave(pool);
        Assert.That((pool.Lent, pool.Open), Is.EqualTo((2, 2)), "and it is not kept");
    }

    [Test]
    public async Task One_that_could_not_be_opened_or_broke_is_not_taken_for_one_that_is_kept()
    {
        await using var pool = Pool();
        await EnterAsync(pool);

        server.Leave(pool, isGone: true);

        Assert.That((pool.Lent, pool.Open, pool.HasIdle), Is.EqualTo((0, 0, false)));
    }

    [Test]
    public async Task Those_that_are_lent_while_the_pool_is_cleared_are_closed_when_they_come_back()
    {
        await using var pool = Pool();
        await EnterAsync(pool);
        await EnterAsync(pool);
        server.Leave(pool);

        server.Clear(pool);
        var lent = pool.Open;
        server.Leave(pool);

        Assert.That((lent, pool.Open, pool.HasIdle), Is.EqualTo((1, 0, false)));
    }

    private Task EnterAsync(ConnectionPool pool) => server.EnterAsync(pool, CancellationToken.None);

    private ConnectionPool Pool() =>
        new(server, NpgsqlDataSource.Create("Host=nowhere.invalid"), keeps: true);
}
