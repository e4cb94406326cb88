using System.Data.Common;
using RotationMesh.MapFile.Connections;

namespace RotationMesh.UnitTests.MapFile;

public sealed class PostgresUrlTests
{
    [TestCase("postgres://db", "Host=db")]
    [TestCase("postgresql://db/app", "Host=db;Database=app")]
    [TestCase("POSTGRES://db:6543/app", "Host=db;Port=6543;Database=app")]
    [TestCase("postgres://owner@db/app", "Host=db;Username=owner;Database=app")]
    [TestCase("postgres://owner:@db/app", "Host=db;Username=owner;Database=app")]
    [TestCase("postgres://[::1]:6543/app", "Host=::1;Port=6543;Database=app")]
    [TestCase("postgres://[::1]/app", "Host=::1;Database=app")]
    [TestCase("postgres://a:1,b:2/app", "Host=a:1,b:2;Database=app")]
    [TestCase("postgres://%2Frun%2Fpg/app", "Host=/run/pg;Database=app")]
    [TestCase("postgres:///app?host=/run/pg&port=6543", "Database=app;Host=/run/pg;Port=6543")]
    [TestCase("postgres://u@localhost/app?host=/run/pg", "Host=/run/pg;Username=u;Database=app")]
    [TestCase(
        "postgres://db/app?user=u&password=p&dbname=other",
        "Host=db;Database=other;Username=u;Password=p"
    )]
    [TestCase("postgres://db?sslmode=require", "Host=db;SSL Mode=require")]
    [TestCase(
        "postgres://db?sslmode=verify-full&sslrootcert=/ca.pem",
        "Host=db;SSL Mode=verifyfull;Root Certificate=/ca.pem"
    )]
    [TestCase("postgres://db?sslcert=/c.pem&sslkey=/k.pem", "Host=db;SSL Certificate=/c.pem;SSL Key=/k.pem")]
    [TestCase("postgres://db?application_name=rotationmesh", "Host=db;Application Name=rotationmesh")]
    [TestCase("postgres://db?connect_timeout=7", "Host=db;Timeout=7")]
    [TestCase("postgres://db?channel_binding=require", "Host=db;Channel Binding=require")]
    [TestCase("postgres://db?gssencmode=require", "Host=db;GSS Encryption Mode=require")]
    [TestCase("postgres://db?schema=tenancy", "Host=db;Search Path=tenancy")]
    [TestCase("postgres://db?connection_limit=5&pgbouncer=true&pool_timeout=2&schema=", "Host=db")]
    public void A_url_becomes_npgsql_keywords(string url, string keywords) =>
        Assert.That(PostgresUrl.ToKeywords(url), Is.EqualTo(keywords));

    [TestCase("p%40ss%2Fw%3Fo%23rd", "p@ss/w?o#rd")]
    [TestCase("a%3Bb%3Dc", "a;b=c")]
    [TestCase("it%27s%22quoted%22", "it's\"quoted\"")]
    [TestCase("%20spaced%20", " spaced ")]
    [TestCase("a+b:c", "a+b:c")]
    [TestCase("100%25", "100%")]
    [TestCase("p@ss", "p@ss", Description = "the last @ ends the password")]
    [TestCase("gr%C3%BC%C3%9Fe", "grüße")]
    public void A_password_with_special_characters_survives(string encoded, string password)
    {
        var keywords = PostgresUrl.ToKeywords($"postgres://owner:{encoded}@db/app");

        Assert.That(
            new DbConnectionStringBuilder { ConnectionString = keywords }["Password"],
            Is.EqualTo(password)
        );
    }

    [TestCase("options=-c%20work_mem%3D1MB", "Options", "-c work_mem=1MB")]
    [TestCase("schema=Odd%20Schema", "Search Path", "\"Odd Schema\"")]
    public void A_parameter_with_special_characters_survives(string query, string keyword, string value) =>
        Assert.That(
            new DbConnectionStringBuilder
            {
                ConnectionString = PostgresUrl.ToKeywords($"postgres://db/app?{query}"),
            }[keyword],
            Is.EqualTo(value)
        );

    [TestCase("mysql://db", "scheme")]
    [TestCase("postgres://", "names no host")]
    [TestCase("postgres:///app", "names no host")]
    [TestCase("postgres://db:0", "port")]
    [TestCase("postgres://db:65536", "port")]
    [TestCase("postgres://db:x1", "port")]
    [TestCase("postgres://db?port=x1", "port")]
    [TestCase("postgres://u:s3cr%t@db", "password has a percent sign")]
    [TestCase("postgres://u:s3cr%@db", "password has a percent sign")]
    [TestCase("postgres://u:s3cr%FF@db", "password is not UTF-8")]
    [TestCase("postgres://u:s3cr%00@db", "password is not UTF-8")]
    [TestCase("postgres://u:s3cr/et@db", "percent-encoded")]
    [TestCase("postgres://u:s3cr?et=1@db", "percent-encoded")]
    [TestCase("postgres://u:s3cr#et@db", "percent-encoded")]
    [TestCase("postgres://db?sslmode=s3cr", "sslmode is none of disable")]
    [TestCase("postgres://db?connect_timeout=s3cr", "connect_timeout")]
    [TestCase("postgres://db?schema=s3cr%00", "schema is not UTF-8")]
    [TestCase("postgres://db?sslaccept=s3cr", "unknown URL parameter 'sslaccept'")]
    [TestCase("postgres://db?a%3Ds3cr=1", "unknown URL parameter (not shown)")]
    public void A_faulty_url_is_refused_by_the_part_without_a_value(string url, string reason) =>
        Assert.That(
            () => PostgresUrl.ToKeywords(url),
            Throws.TypeOf<FormatException>().With.Message.Contains(reason).And.Message.Not.Contains("s3cr")
        );
}
