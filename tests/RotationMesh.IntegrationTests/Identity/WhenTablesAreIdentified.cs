using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Schema;

namespace RotationMesh.IntegrationTests.Identity;

public sealed class WhenTablesAreIdentified
{
    [Test]
    public async Task By_whatever_name_a_table_is_the_same_and_leaves_lie_below_it()
    {
        TableEntry[] entries =
        [
            Entries.Table("notes"),
            Entries.Table("public.notes"),
            Entries.Table("notes_few"),
            Entries.Table("notes_rest"),
            Entries.Table("missing"),
            Entries.Table("notes") with
            {
                Only = true,
            },
        ];
        await using var fixture = await Fixture.CreateAsync(entries);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text, tenant text, body text, version int, region int) PARTITION BY LIST (region);
            CREATE TABLE notes_low PARTITION OF notes FOR VALUES IN (1, 2) PARTITION BY LIST (region);
            CREATE TABLE notes_few PARTITION OF notes_low DEFAULT;
            CREATE TABLE notes_rest PARTITION OF notes DEFAULT;
            """
        );
        async Task<long> OidAsync(string name) =>
            await fixture.ScalarAsync<long>($"SELECT '{name}'::regclass::oid::bigint");
        var (notes, low, few, rest) = (
            await OidAsync("notes"),
            await OidAsync("notes_low"),
            await OidAsync("notes_few"),
            await OidAsync("notes_rest")
        );

        var found = (
            await new TableTrees(fixture.Databases).FindAsync(entries, CancellationToken.None)
        ).Tables;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(found[0].Below, Is.EquivalentTo(new[] { notes, low, few, rest }));
            Assert.That(found[0].Around, Is.EquivalentTo(found[0].Below));
            Assert.That(found[1].Below, Is.EqualTo(found[0].Below));
            Assert.That(found[2].Below, Is.EqualTo(new[] { few }));
            Assert.That(found[2].Around, Is.EquivalentTo(new[] { few, low, notes }));
            Assert.That(found[3].Around, Is.EquivalentTo(new[] { rest, notes }));
            Assert.That(found[4].Below, Is.Empty);
            Assert.That(
                found[0].Parts,
                Is.EquivalentTo(
                    new Dictionary<long, string>
                    {
                        [notes] = "",
                        [few] = "public.notes_few",
                        [rest] = "public.notes_rest",
                    }
                )
            );
            Assert.That(found[5].Parts.Keys, Is.EqualTo(new[] { notes }));
        }
    }
}
