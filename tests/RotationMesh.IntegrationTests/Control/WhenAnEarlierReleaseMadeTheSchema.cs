using NUnit.Framework;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>The control schema as a release left it that knew the first eleven migrations, with a rotation that had begun.</summary>
public sealed class WhenAnEarlierReleaseMadeTheSchema
{
    private const int Known = 11;
    private const string Folder = "RotationMesh.Postgres.Control.Migrations.";

    private TestDatabase database = null!;
    private ControlDatabase control = null!;

    [SetUp]
    public async Task Create()
    {
        database = await TestDatabase.CreateAsync();
        control = new ControlDatabase(database.ConnectionString);
        await database.ExecuteAsync(
            """
            CREATE SCHEMA IF NOT EXISTS rotationmesh;
            CREATE TABLE rotationmesh.schema_versions (
                schemaversionsid serial PRIMARY KEY, scriptname varchar(255) NOT NULL, applied timestamp NOT NULL)
            """
        );
        foreach (var (name, sql) in Scripts().Take(Known))
        {
            await database.ExecuteAsync(sql);
            await database.ExecuteAsync(
                $"INSERT INTO rotationmesh.schema_versions (scriptname, applied) VALUES ('{name}', now())"
            );
        }

        await database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes)
            VALUES (gen_random_uuid(), 'Rotating', 2, repeat('a', 16), repeat('b', 64), '{notes}')
            """
        );
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public void Whoever_reads_is_told_what_upgrades_it() =>
        Assert.That(
            () => control.HasCurrentRecordsAsync(CancellationToken.None),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("earlier release")
                .And.Message.Contains("rotate")
        );

    [Test]
    public async Task Whoever_is_about_to_upgrade_it_reads_nothing_of_it_before() =>
        Assert.That(await control.ExistsAsync(CancellationToken.None), Is.False);

    [Test]
    public async Task Upgraded_it_has_the_rotation_that_had_begun()
    {
        await control.MigrateAsync(CancellationToken.None);

        Assert.That(await control.HasCurrentRecordsAsync(CancellationToken.None), Is.True);
        Assert.That(await control.ExistsAsync(CancellationToken.None), Is.True);
        var running = await new RunningRotations(control.Source).LatestAsync(1, CancellationToken.None);
        Assert.That(running.Single().State, Is.EqualTo("Rotating"));
    }

    private static IEnumerable<(string Name, string Sql)> Scripts()
    {
        var assembly = typeof(ControlDatabase).Assembly;
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}
