using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.UnitTests.MapFile;

namespace RotationMesh.UnitTests.Databases;

/// <summary>Connection strings that the map may have, and that the driver refuses.</summary>
public sealed class MapConnectionTests
{
    private const string Written = "postgres://owner:correct-horse@db/app";

    [TestCase("postgres://u:correct-horse@@@:::/x")]
    [TestCase("Host=;Password=correct-horse")]
    [TestCase("Database=x;Password=correct-horse")]
    [TestCase("Host=h;correct-horse=1")]
    [TestCase("Host=h;Port=correct-horse")]
    [TestCase("Host=h:correct-horse")]
    [TestCase("Host=h,0.0.0.0;Password=correct-horse")]
    [TestCase("Host=h;Target Session Attributes=primary;Password=correct-horse")]
    [TestCase("Host=h;Minimum Pool Size=9;Maximum Pool Size=3;Password=correct-horse")]
    public void What_the_driver_refuses_is_refused_with_file_line_and_name_alone(string connection)
    {
        var map = MapFolder.Read(Maps.Spoiled(Written, "${URL}"), _ => connection);

        var refusal = Assert.Throws<UsageException>(() => MapConnection.EnsureUnderstood(map));

        Assert.That(
            refusal!.ToString(),
            Does.Contain("rotation.yaml:2: the connection string of database 'app' ")
                .And.Not.Contain("correct-horse")
        );
    }

    [TestCase("Host=a,b:6432")]
    [TestCase("Host=a,b;Load Balance Hosts=true")]
    [TestCase("Host=a,b;Target Session Attributes=any")]
    [TestCase("Host=a,b;Target Session Attributes=prefer-primary")]
    [TestCase("Host=a,b;Target Session Attributes=standby")]
    public void Several_hosts_of_which_one_may_be_a_standby_are_refused_with_the_fix(string connection)
    {
        var map = MapFolder.Read(Maps.Spoiled(Written, "${URL}"), _ => connection);

        Assert.That(
            () => MapConnection.EnsureUnderstood(map),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("rotation.yaml:2")
                .And.Message.Contains("add Target Session Attributes=primary")
        );
    }

    [Test]
    public void The_control_database_is_checked_as_well()
    {
        var map = MapFolder.Read(
            Maps.Spoiled("formats:", "control:\n  connectionString: Host=h;Nonsense=1\nformats:")
        );

        Assert.That(
            () => MapConnection.EnsureUnderstood(map),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains(":4: the connection string of database 'control'")
        );
    }

    [TestCase("Host=/var/run/postgresql;Username=u")]
    [TestCase("Host=a,b:6432;Target Session Attributes=primary")]
    [TestCase("Host=a,b;Target Session Attributes=Read-Write")]
    [TestCase("Host=::1;Port=5433;Database=x")]
    public void What_the_driver_takes_is_taken(string connection) =>
        Assert.That(
            () =>
                MapConnection.EnsureUnderstood(
                    MapFolder.Read(Maps.Spoiled(Written, "${URL}"), _ => connection)
                ),
            Throws.Nothing
        );

    [TestCase("Host=h", "Disable")]
    [TestCase("Host=h;GSS Encryption Mode=Prefer", "Prefer")]
    [TestCase("Host=h;gss encryption mode=require", "Require")]
    [TestCase("postgres://h/app", "Disable")]
    [TestCase("postgres://h/app?gssencmode=prefer", "Prefer")]
    public void Kerberos_is_asked_only_by_a_connection_that_says_so(string connection, string mode)
    {
        var map = MapFolder.Read(Maps.Spoiled(Written, "${URL}"), _ => connection);

        Assert.That(
            MapConnection.Checked(map.Databases[0], map.Path),
            Does.EndWith($"GSS Encryption Mode={mode}").IgnoreCase
        );
    }
}
