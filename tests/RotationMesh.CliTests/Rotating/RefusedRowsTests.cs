namespace RotationMesh.CliTests.Rotating;

/// <summary>Rows that decrypt, but that the database refuses to take back.</summary>
public sealed class RefusedRowsTests
{
    private Site site = null!;
    private IReadOnlyList<string> refused = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "300", "--tenants", "4");
        refused = await site.Database.QueryAsync<string>(
            "SELECT id FROM knowledge_entries ORDER BY id LIMIT 3"
        );
        await site.Database.ExecuteAsync(
            $"CREATE TABLE frozen AS SELECT unnest(ARRAY['{string.Join("', '", refused)}']) AS id"
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_constraint_keeps_back_no_others()
    {
        await site.Database.ExecuteAsync(
            $"ALTER TABLE knowledge_entries ADD CONSTRAINT frozen_rows CHECK (id NOT IN ('{string.Join("', '", refused)}') OR encryption_key_version = 1)"
        );
        await OnlyTheyAreLeftAsync();

        const string Cause = "SQLSTATE 23514, constraint frozen_rows";
        var listed = (await site.RunAsync("--output", "json", "failures")).Exits(0);
        var document = listed.Json();
        Assert.That((string)document["causes"]!.AsArray().Single()!["cause"]!, Is.EqualTo(Cause));
        Assert.That(
            document["failures"]!.AsArray().Select(failure => (string)failure!["cause"]!),
            Is.All.EqualTo(Cause)
        );
        Assert.That(
            (await site.RunAsync("failures")).Exits(0).Output,
            Does.Contain($"DatabaseError ({Cause})")
        );
        var report = (await site.RunAsync("report")).Exits(0).Output;
        Assert.That(report, Does.Contain("frozen").And.Contain("Correct the row, or the constraint"));
    }

    [Test]
    public async Task A_doctor_lists_the_constraints_that_were_never_validated()
    {
        await site.Database.ExecuteAsync(
            """
            ALTER TABLE knowledge_entries ADD CONSTRAINT "Odd one" CHECK (length(id) < 3) NOT VALID;
            ALTER TABLE knowledge_entries ADD CONSTRAINT valid_one CHECK (length(id) > 0)
            """
        );

        var outcome = (await site.RunAsync("doctor")).Exits(0);

        Assert.That(
            outcome.Output,
            Does.Contain("check constraint \"Odd one\" is NOT VALID")
                .And.Contain("VALIDATE CONSTRAINT \"Odd one\"")
                .And.Not.Contain("valid_one")
        );
    }

    [TestCase("P0001")]
    [TestCase("42501")] // what triggers that guard rows like to raise
    [TestCase("55000")]
    [TestCase("72000")] // a class of their own
    public async Task A_trigger_keeps_back_no_others(string state)
    {
        await site.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.id IN (SELECT id FROM frozen) THEN
                RAISE EXCEPTION 'no' USING ERRCODE = '{state}';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON knowledge_entries FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        );
        await OnlyTheyAreLeftAsync();
    }

    private async Task OnlyTheyAreLeftAsync()
    {
        var document = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();
        Assert.That(
            document.Failures(),
            Is.EquivalentTo(refused.Select(id => ("knowledge_entries", id, "DatabaseError")))
        );
        Assert.That(document.Total("rotated"), Is.EqualTo(document.Total("rows") - refused.Count));
    }
}
