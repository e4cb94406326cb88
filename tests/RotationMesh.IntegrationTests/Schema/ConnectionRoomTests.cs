using Npgsql;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>Roles that may open a limited number of connections.</summary>
public sealed class ConnectionRoomTests
{
    private const int Workers = 2;

    [TestCase(5, 1)]
    [TestCase(4, 1)]
    public async Task Too_few_connections_are_told_before_anything_is_written(int limit, int fewer)
    {
        await using var owner = await FixtureAsync();
        await using var role = await RoleAsync(owner, limit);
        await using var fixture = owner.Variant(user: role.Name);

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.RotateAsync(workers: Workers));

        Assert.That(
            fault.Message,
            Does.Contain($"role {role.Name} allows {limit} connections, and 2 workers need 6")
                .And.Contain("CONNECTION LIMIT 6")
                .And.Contain($"--workers {fewer}")
        );
        Assert.That(await owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2"), Is.Zero);
        Assert.That(
            await owner.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NULL"),
            Is.True,
            "the control schema is not made either"
        );
    }

    [Test]
    public async Task As_many_as_the_workers_need_are_enough()
    {
        await using var owner = await FixtureAsync();
        await using var role = await RoleAsync(owner, 6);
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.RotateAsync(workers: Workers);

        Assert.That(report.State, Is.EqualTo("Completed"));
        await owner.AssertRotatedAsync();
    }

    [TestCase(3, "allows 3 connections, and a coordinator needs 4")]
    [TestCase(4, null)]
    public async Task A_coordinator_needs_none_for_workers(int limit, string? fault)
    {
        await using var owner = await FixtureAsync();
        await using var role = await RoleAsync(owner, limit);
        await using var fixture = owner.Variant(user: role.Name);
        var budget = new ConnectionBudget(fixture.Databases, fixture.Control.Source);

        var found = await budget.FindFaultAsync(Fixture.App, 0, CancellationToken.None);

        Assert.That(found, fault is null ? Is.Null : Does.Contain(fault));
    }

    [TestCase(6, "allows 8 connections, others use 6 of them, and 2 workers need 6")]
    [TestCase(8, "no connection is free for the role, and 2 workers need 6")]
    public async Task Connections_that_others_use_are_waited_for_with_that_reason(int used, string reason)
    {
        await using var owner = await FixtureAsync();
        await using var role = await RoleAsync(owner, 8);
        await using var fixture = owner.Variant(user: role.Name);
        var others = new List<NpgsqlConnection>();
        for (var i = 0; i < used; i++)
        {
            others.Add(new NpgsqlConnection($"{role.ConnectionString};Pooling=false"));
            await others[^1].OpenAsync();
        }

        var rotation = fixture.RotateAsync(workers: Workers);
        await Eventually.Holds(
            () =>
                Task.FromResult(fixture.Progress.Reason?.Contains(reason, StringComparison.Ordinal) == true),
            TimeSpan.FromMinutes(1),
            "the rotation says what it waits for"
        );
        Assert.That(rotation.IsCompleted, Is.False);
        foreach (var other in others)
            await other.DisposeAsync();

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await owner.AssertRotatedAsync();
    }

    private static async Task<Fixture> FixtureAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(300));
        return fixture;
    }

    private static async Task<TestRole> RoleAsync(Fixture owner, int limit)
    {
        var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await owner.ExecuteAsync($"ALTER ROLE {role.Name} CONNECTION LIMIT {limit}");
        return role;
    }
}
