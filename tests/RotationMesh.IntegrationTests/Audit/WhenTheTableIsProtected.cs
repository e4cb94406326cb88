using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

public sealed class WhenTheTableIsProtected
{
    private const string Table = "rotationmesh.audit_events";

    private AuditScene scene = null!;
    private string role = null!;

    [SetUp]
    public async Task Create()
    {
        scene = await AuditScene.CreateAsync();
        await scene.AppendAsync();
        role = $"auditor_{Guid.NewGuid():N}";
        await scene.Database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN PASSWORD 'of-a-trial-role';
            GRANT USAGE ON SCHEMA rotationmesh TO {role};
            GRANT INSERT, SELECT ON {Table} TO {role};
            GRANT INSERT, SELECT, UPDATE ON rotationmesh.audit_head TO {role};
            """
        );
    }

    [TearDown]
    public async Task Remove()
    {
        await scene.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        await scene.DisposeAsync();
    }

    [Test]
    public async Task A_role_that_may_insert_and_select_appends_and_changes_nothing()
    {
        await using var control = new ControlDatabase(
            new NpgsqlConnectionStringBuilder(scene.Database.ConnectionString)
            {
                Username = role,
                Password = "of-a-trial-role",
            }.ConnectionString
        );

        var appended = await new AuditLog(AuditScene.Ring).AppendAsync(control, AuditScene.Entry());

        Assert.That(appended.Sequence, Is.EqualTo(2));
        Assert.That((await scene.VerifyAsync()).Events, Is.EqualTo(2));
        foreach (var statement in Changes)
        {
            await using var command = control.Source.CreateCommand(statement);
            var refusal = Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.That(refusal!.SqlState, Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege));
        }
    }

    [TestCaseSource(nameof(Changes))]
    public void The_owner_and_a_superuser_are_refused_too(string statement)
    {
        var refusal = Assert.ThrowsAsync<PostgresException>(() => scene.Database.ExecuteAsync(statement));

        Assert.That(refusal!.MessageText, Is.EqualTo("audit events are never changed or removed"));
    }

    [TestCaseSource(nameof(Changes))]
    public void A_session_that_replicates_is_refused_too(string statement) =>
        Assert.ThrowsAsync<PostgresException>(() =>
            scene.Database.ExecuteAsync($"SET LOCAL session_replication_role = replica; {statement}")
        );

    [Test]
    public void The_same_position_is_not_taken_twice() =>
        Assert.ThrowsAsync<PostgresException>(() =>
            scene.Database.ExecuteAsync($"INSERT INTO {Table} SELECT * FROM {Table}")
        );

    private static readonly string[] Changes =
    [
        $"UPDATE {Table} SET actor = 'mallory'",
        $"DELETE FROM {Table}",
        $"TRUNCATE {Table}",
    ];
}
