using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Roles;

/// <summary>
/// <c>infra/sql/roles.sql</c>: one role for the control schema and one for the rows, and all that a rotation needs; a third retires
/// keys.
/// </summary>
public sealed class LeastPrivilegeTests
{
    private const string Password = "of-a-trial-role";

    private readonly string mark = Guid.NewGuid().ToString("N")[..8];
    private Site site = null!;

    private string Control => $"rotationmesh_control_{mark}";
    private string Rows => $"rotationmesh_rows_{mark}";
    private string Retire => $"rotationmesh_retire_{mark}";

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "3");
        var sql = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "infra", "sql", "roles.sql"));
        await site.Database.ExecuteAsync(
            sql.Replace("rotationmesh_control", Control, StringComparison.Ordinal)
                .Replace("rotationmesh_rows", Rows, StringComparison.Ordinal)
                .Replace("rotationmesh_retire", Retire, StringComparison.Ordinal)
        );
        foreach (var role in (string[])[Control, Rows, Retire])
            await site.Database.ExecuteAsync($"ALTER ROLE {role} PASSWORD '{Password}'");
        site.Map = site.Map.Replace(
            "keys:\n",
            "control:\n  connectionString: ${CONTROL_DATABASE_URL}\nkeys:\n",
            StringComparison.Ordinal
        );
        site.Variables["APP_DATABASE_URL"] = As(Rows);
        site.Variables["CONTROL_DATABASE_URL"] = As(Control);
        (await site.RunAsync("rotate")).Exits(0);
    }

    [OneTimeTearDown]
    public async Task Drop()
    {
        foreach (var role in (string[])[Control, Rows, Retire])
            await site.Database.ExecuteAsync($"DROP OWNED BY {role} CASCADE; DROP ROLE {role}");
        await site.DisposeAsync();
    }

    [TestCase("status")]
    [TestCase("verify")]
    [TestCase("keys")]
    [TestCase("doctor")]
    [TestCase("audit verify")]
    [TestCase("report")]
    public async Task They_are_enough_for(string verb) => (await site.RunAsync(verb.Split(' '))).Exits(0);

    [Test]
    public async Task Where_there_are_other_tables_the_third_retires_keys_and_not_the_role_of_the_rows()
    {
        await site.Database.ExecuteAsync("CREATE SCHEMA other; CREATE TABLE other.tables (held text)");
        try
        {
            var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
            site.Variables["APP_DATABASE_URL"] = As(Retire);
            (await site.RunAsync("keys", "retire", "1")).Exits(0);

            Assert.That(
                refused,
                Does.Contain("the role has no right to use the schema: other.tables")
                    .And.Contain("GRANT USAGE ON SCHEMA \"other\" TO the role")
            );
        }
        finally
        {
            site.Variables["APP_DATABASE_URL"] = As(Rows);
            await site.Database.ExecuteAsync("DROP SCHEMA other CASCADE");
        }
    }

    [TestCase("SELECT count(*) FROM connectors")]
    [TestCase("UPDATE connectors SET encryption_key_version = 1")]
    [TestCase("CREATE TABLE public.mine (id int)")]
    public void The_control_role_touches_no_row(string sql) => AssertRefused(Control, sql);

    [TestCase("SELECT count(*) FROM rotationmesh.audit_events")]
    [TestCase("UPDATE rotationmesh.rotations SET state = 'Completed'")]
    [TestCase("DELETE FROM connectors")]
    [TestCase("INSERT INTO connectors DEFAULT VALUES")]
    [TestCase("CREATE TABLE public.mine (id int)")]
    public void The_role_of_the_rows_touches_no_record_of_a_rotation(string sql) => AssertRefused(Rows, sql);

    [TestCase("DELETE FROM rotationmesh.audit_events")]
    [TestCase("UPDATE rotationmesh.rotations SET state = 'Completed'")]
    [TestCase("DELETE FROM connectors")]
    [TestCase("CREATE TABLE public.mine (id int)")]
    public void The_role_that_retires_changes_no_record_of_a_rotation(string sql) =>
        AssertRefused(Retire, sql);

    private void AssertRefused(string role, string sql)
    {
        using var source = NpgsqlDataSource.Create(As(role));
        using var command = source.CreateCommand(sql);
        var refusal = Assert.Throws<PostgresException>(() => command.ExecuteNonQuery());
        Assert.That(refusal!.SqlState, Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege));
    }

    private string As(string role) =>
        new NpgsqlConnectionStringBuilder(site.Database.ConnectionString)
        {
            Username = role,
            Password = Password,
            Pooling = false,
        }.ConnectionString;
}
