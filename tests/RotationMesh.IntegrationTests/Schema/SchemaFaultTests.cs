using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

public sealed class SchemaFaultTests
{
    private static readonly TableEntry Notes = Entries.Notes;

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Fault(
            "a missing table",
            Entries.Table("nots"),
            "does not exist",
            "Did you mean 'notes'"
        );
        yield return Fault(
            "a missing column",
            Notes with
            {
                Columns = [Entries.Column("boddy")],
            },
            "has no column \"boddy\"",
            "Did you mean 'body'"
        );
        yield return Fault(
            "a missing version column",
            Notes with
            {
                Version = new("key_version"),
            },
            "has no column \"key_version\"",
            "ALTER TABLE \"notes\" ADD COLUMN \"key_version\" integer NOT NULL DEFAULT 1;"
        );
        yield return Fault(
            "a column of another case",
            Notes with
            {
                Tenant = new("Tenant"),
            },
            "has no column \"Tenant\"",
            "'tenant'"
        );
        yield return Fault(
            "a key that is not unique",
            Notes with
            {
                Key = Entries.Names("title"),
            },
            "key (\"title\") is not unique",
            "name the primary key"
        );
        yield return Fault(
            "a key that may be NULL",
            Notes with
            {
                Key = Entries.Names("loose"),
            },
            "key (\"loose\") is not unique",
            "NOT NULL"
        );
        yield return Fault(
            "a key that is unique for some rows",
            Notes with
            {
                Key = Entries.Names("partly"),
            },
            "key (\"partly\") is not unique",
            "name the primary key"
        );
        yield return Fault(
            "a version that is text",
            Notes with
            {
                Version = new("title"),
            },
            "version column \"title\" is text",
            "smallint, integer or bigint"
        );
        yield return Fault(
            "a version that is computed",
            Notes with
            {
                Version = new("computed"),
            },
            "version column \"computed\" is generated",
            "can be written"
        );
        yield return Fault(
            "a rule on UPDATE",
            Entries.Table("ruled"),
            "the rules hush of \"public\".\"ruled\" change what an update does",
            "triggers in their place"
        );
        yield return Fault(
            "a child without a unique key",
            Entries.Table("parents"),
            "key (\"id\") is not unique in \"public\".\"children\", which inherits from it",
            "CREATE UNIQUE INDEX ON \"public\".\"children\" (\"id\")"
        );
        yield return Fault("a view", Entries.Table("notes_view"), "is a view", "name the table");
        yield return Fault(
            "an encrypted column that is a number",
            Notes with
            {
                Columns = [Entries.Column("number")],
            },
            "column \"number\" is integer",
            "text, varchar, bytea or jsonb"
        );
        yield return Fault(
            "an encrypted column that is computed",
            Notes with
            {
                Columns = [Entries.Column("label")],
            },
            "column \"label\" is generated",
            "computed from"
        );
        yield return Fault(
            "jsonb without a path",
            Notes with
            {
                Columns = [Entries.Column("settings")],
            },
            "column \"settings\" is jsonb",
            "give the path of the string in the map (line 9)"
        );
        yield return Fault(
            "a path in a text",
            Notes with
            {
                Columns = [Entries.Column("body", "a.b")],
            },
            "column \"body\" is text",
            "remove its path from the map (line 9)"
        );
        yield return Fault(
            "an external predicate of no column",
            Notes with
            {
                External = "bucket IS NOT NULL",
            },
            "the predicate `external` is refused",
            "line 7"
        );
        yield return Fault(
            "an external predicate that is none",
            Notes with
            {
                External = "number",
            },
            "the predicate `external` is refused",
            "line 7"
        );
        yield return Fault(
            "an external predicate that does not end",
            Notes with
            {
                External = "(number = 1",
            },
            "the predicate `external` is refused",
            "line 7"
        );
    }

    [TestCaseSource(nameof(Faults))]
    public async Task A_map_that_does_not_fit_is_refused_with_one_fault_and_its_fix(
        object entry,
        string problem,
        string fix
    )
    {
        await using var fixture = await SchemaFixture.CreateAsync((TableEntry)entry);

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        var fault = report.Faults.Single();
        Assert.That(fault.Problem, Does.Contain(problem));
        Assert.That(fault.Fix, Does.Contain(fix));
        Assert.That(fault.ToString().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(async () => await fixture.RotateAsync(), Throws.TypeOf<UsageException>());
    }

    [Test]
    public async Task All_faults_of_all_tables_are_reported_at_once()
    {
        await using var fixture = await SchemaFixture.CreateAsync(
            Entries.Table("nots"),
            Notes with
            {
                Version = new("title"),
                Key = Entries.Names("title"),
                Columns = [Entries.Column("number"), Entries.Column("body")],
            },
            Notes,
            Entries.Table("notes_view")
        );

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults, Has.Count.EqualTo(5));
        Assert.That(report.Targets, Has.Count.EqualTo(1));
        Assert.That(
            Assert.Throws<UsageException>(() => report.OrThrow())!.Message.Split(Environment.NewLine),
            Has.Length.EqualTo(5).And.All.StartsWith("table not")
        );
    }

    private static TestCaseData Fault(string name, TableEntry entry, string problem, string fix) =>
        new TestCaseData(entry, problem, fix).SetArgDisplayNames(name);
}
