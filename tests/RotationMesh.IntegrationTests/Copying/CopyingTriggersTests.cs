using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Copying;

namespace RotationMesh.IntegrationTests.Copying;

/// <summary>Triggers that copy values when a row is rotated are named, and no others.</summary>
public sealed class CopyingTriggersTests
{
    private const string Functions = """
        CREATE TABLE history (LIKE notes);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO history SELECT OLD.*; RETURN NEW; END';
        CREATE FUNCTION keep_all() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO history SELECT * FROM gone; RETURN NULL; END';
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN IF NEW.* IS DISTINCT FROM OLD.* THEN NEW."updatedAt" = now(); END IF; RETURN NEW; END';
        """;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync(Functions);
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("AFTER INSERT OR UPDATE OF body ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("AFTER UPDATE OF version ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("AFTER UPDATE ON notes FOR EACH ROW WHEN (OLD.body <> NEW.body) EXECUTE FUNCTION keep()")]
    [TestCase(
        "AFTER UPDATE ON notes REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_all()"
    )]
    public async Task One_that_copies_is_named_with_its_function(string trigger)
    {
        await fixture.ExecuteAsync($"CREATE TRIGGER t {trigger}");
        var found = (await ListAsync()).Single();
        Assert.That(
            (found.Name, found.Function),
            Is.EqualTo(("t", trigger.Contains("keep_all") ? "public.keep_all" : "public.keep"))
        );
        Assert.That(found.Why, Does.Contain("inserts into history"));
    }

    [TestCase("BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch()")]
    [TestCase("AFTER DELETE OR INSERT ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("AFTER UPDATE OF title ON notes FOR EACH ROW EXECUTE FUNCTION keep()")]
    [TestCase("BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()")]
    [TestCase(
        "AFTER UPDATE ON notes FOR EACH ROW WHEN (current_setting('application_name') <> 'rotationmesh') EXECUTE FUNCTION keep()"
    )]
    public async Task One_that_copies_nothing_of_a_rotation_is_not(string trigger)
    {
        await fixture.ExecuteAsync($"CREATE TRIGGER t {trigger}");
        Assert.That(await ListAsync(), Is.Empty);
    }

    [Test]
    public async Task One_that_is_disabled_is_not_and_one_of_a_partition_is()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TRIGGER t AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION keep();
            ALTER TABLE notes DISABLE TRIGGER t;
            """
        );
        Assert.That(await ListAsync(), Is.Empty);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes_heir () INHERITS (notes);
            CREATE TRIGGER t AFTER UPDATE ON notes_heir FOR EACH ROW EXECUTE FUNCTION keep();
            """
        );
        Assert.That((await ListAsync()).Single().Name, Is.EqualTo("t"));
    }

    private Task<IReadOnlyList<CopyingTrigger>> ListAsync() =>
        new CopyingTriggers(fixture.Databases).ListAsync(fixture.Map.Tables.Single(), CancellationToken.None);
}
