namespace RotationMesh.UnitTests.MapFile;

public sealed class ConnectionStringTests
{
    private const string Written = "postgres://owner:correct-horse@db/app";

    [Test]
    public void Keywords_pass_through_as_they_are() =>
        Assert.That(
            Read("Host=db;Username=owner;Password=\"a;b'c\""),
            Is.EqualTo("Host=db;Username=owner;Password=\"a;b'c\"")
        );

    [Test]
    public void A_url_becomes_keywords() =>
        Assert.That(
            MapFolder.Read(Maps.Small).Databases[0].ConnectionString,
            Is.EqualTo("Host=db;Username=owner;Password=correct-horse;Database=app")
        );

    [TestCase("", "databases.app.connectionString is empty")]
    [TestCase("   ", "databases.app.connectionString is empty")]
    [TestCase("mysql://owner:correct-horse@db/app?a=b", "scheme is not postgres://")]
    [TestCase("jdbc:postgresql://db/app?password=correct-horse", "scheme is not postgres://")]
    [TestCase("correct-horse", "neither keywords")]
    [TestCase("Host=db;correct-horse", "neither keywords")]
    [TestCase("postgres://owner:correct-horse@/app", "names no host")]
    [TestCase("postgres://owner:correct-horse@db/app?battery=staple", "unknown URL parameter 'battery'")]
    public void What_is_no_connection_string_is_refused_without_showing_it(string connection, string reason)
    {
        var yaml = Maps.Spoiled(Written, "${URL}");

        var refusal = MapFolder.Refusal(yaml, _ => connection);

        Assert.That(refusal, Does.StartWith("rotation.yaml:3: ").And.Contains(reason));
        Assert.That(refusal, Does.Not.Contain("correct-horse").And.Not.Contains("staple"));
    }

    [Test]
    public void A_fault_of_the_control_database_is_refused_at_its_own_line() =>
        Faults.AssertRefused(
            "formats:",
            "control:\n  connectionString: nonsense\nformats:",
            5,
            "control.connectionString"
        );

    private static string Read(string connection) =>
        MapFolder.Read(Maps.Spoiled(Written, "${URL}"), _ => connection).Databases[0].ConnectionString;
}
