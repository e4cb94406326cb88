using RotationMesh.Postgres.Pooling;

namespace RotationMesh.UnitTests.Databases;

/// <summary>What connection strings say of the connections to a server.</summary>
public sealed class ServerAddressTests
{
    [TestCase("Host=h", ExpectedResult = null)]
    [TestCase("Host=h;Maximum Pool Size=9", ExpectedResult = 9)]
    [TestCase("Host=h;maximum pool size=100", ExpectedResult = 100)]
    [TestCase("Host=h;Port=5433;Maximum Pool Size=7", ExpectedResult = null, Description = "another server")]
    public int? Only_what_it_names_counts_and_not_the_driver_s_default(string connectionString) =>
        ServerAddress.Allowed([connectionString, "Host=other;Maximum Pool Size=3"], "h:5432");

    [Test]
    public void The_least_of_two_databases_of_a_server_goes_for_the_server()
    {
        string[] all = ["Host=h;Database=a;Maximum Pool Size=30", "Host=h;Database=b;Maximum Pool Size=20"];

        Assert.That(ServerAddress.Allowed(all, ServerAddress.Of("Host=h;Database=c")), Is.EqualTo(20));
    }
}
