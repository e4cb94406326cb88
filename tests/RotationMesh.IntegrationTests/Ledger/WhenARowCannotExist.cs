using Npgsql;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenARowCannotExist
{
    private LedgerScene scene = null!;

    [OneTimeSetUp]
    public async Task Create()
    {
        scene = await LedgerScene.CreateAsync();
        await scene.PlanAsync(1);
    }

    [OneTimeTearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    [TestCase("lease_until = now()", "leased_while_dispatched")]
    [TestCase("state = 'dispatched', attempt = 1", "leased_while_dispatched")]
    [TestCase("settled_at = now()", "settled_at_the_end")]
    [TestCase("state = 'failed', attempt = 1, last_error = '42P01'", "settled_at_the_end")]
    [TestCase("rotated = 1", "counted_when_done")]
    [TestCase("state = 'done', attempt = 1, settled_at = now(), rotated = 1", "counted_when_done")]
    [TestCase("state = 'failed', attempt = 1, settled_at = now()", "failed_for_a_reason")]
    [TestCase("state = 'dispatched', lease_until = now()", "attempted_once_dispatched")]
    [TestCase("failures = 1", "no_more_strikes_than_attempts")]
    [TestCase("state = 'lost', attempt = 1", "partitions_state_check")]
    public void The_database_refuses_it(string change, string constraint)
    {
        var refusal = Assert.ThrowsAsync<PostgresException>(() =>
            scene.ExecuteAsync($"UPDATE rotationmesh.partitions SET {change}")
        );

        Assert.That(refusal!.ConstraintName, Is.EqualTo(constraint));
    }

    [Test]
    public async Task A_rotation_that_is_deleted_leaves_nothing_of_its_ledger()
    {
        await using var other = await LedgerScene.CreateAsync();
        await other.PlanAsync(3);

        await other.ExecuteAsync("DELETE FROM rotationmesh.rotations");

        Assert.That(await other.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.partitions"), Is.Zero);
    }
}
