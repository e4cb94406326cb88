using RotationMesh.Tables.Copying;

namespace RotationMesh.UnitTests.Databases;

/// <summary>What a trigger's function says of copies: those that make some are named, and those that touch a row are not.</summary>
public sealed class TriggerReadingTests
{
    [TestCase(
        "INSERT INTO audit.log VALUES (TG_OP, to_jsonb(OLD)); RETURN NEW;",
        "OLD as a whole and inserts into audit.log"
    )]
    [TestCase("insert into history select old.*; return new;", "OLD as a whole and inserts into history")]
    [TestCase(
        "row_data = hstore(OLD.*); INSERT INTO log VALUES (row_data.*); RETURN NULL;",
        "OLD as a whole"
    )]
    [TestCase(
        "INSERT INTO log (secret) VALUES (jsonb_build_array(OLD.body, NEW.body)); RETURN NEW;",
        "it reads OLD.body"
    )]
    [TestCase("""INSERT INTO log (secret) VALUES (OLD."body"); RETURN NEW;""", "it reads OLD.body")]
    [TestCase("INSERT INTO history SELECT NEW.*; RETURN NEW;", "NEW as a whole")]
    [TestCase("PERFORM audit.keep(OLD); RETURN NEW;", "OLD as a whole and calls or runs something else")]
    [TestCase(
        "EXECUTE format('INSERT INTO %I SELECT ($1).*', TG_ARGV[0]) USING OLD; RETURN NEW;",
        "OLD as a whole"
    )]
    [TestCase(
        "UPDATE other SET last = OLD.body WHERE id = OLD.id; RETURN NEW;",
        "it reads OLD.body and updates other"
    )]
    [TestCase("NEW.previous := OLD.body; RETURN NEW;", "keeps it in column previous")]
    [TestCase("NEW.trail = NEW.trail || to_jsonb(OLD); RETURN NEW;", "keeps it in column trail")]
    [TestCase(
        "INSERT INTO log SELECT id, body FROM before_rows; RETURN NULL;",
        "transition table before_rows"
    )]
    public void A_function_that_copies_is_named(string body, string why) =>
        Assert.That(Why($"BEGIN {body} END"), Does.Contain(why));

    [TestCase("NEW.updated_at = now(); RETURN NEW;")]
    [TestCase("IF NEW.* IS DISTINCT FROM OLD.* THEN NEW.updated_at := now(); END IF; RETURN NEW;")]
    [TestCase("IF NEW.body <> OLD.body THEN INSERT INTO touched (id) VALUES (NEW.id); END IF; RETURN NEW;")]
    [TestCase(
        "IF OLD IS DISTINCT FROM NEW THEN PERFORM pg_notify('changed', NEW.id::text); END IF; RETURN NEW;"
    )]
    [TestCase("-- INSERT INTO log VALUES (OLD.*)\n RETURN NEW;")]
    [TestCase("/* INSERT INTO log SELECT OLD.body */ RETURN NEW;")]
    [TestCase("UPDATE counters SET n = n + 1 WHERE id = OLD.owner; RETURN OLD;")]
    [TestCase("IF OLD.version > NEW.version THEN RAISE EXCEPTION 'no way back'; END IF; RETURN NEW;")]
    [TestCase("NEW.body := trim(NEW.body); NEW.version := OLD.version + 1; RETURN NEW;")]
    public void A_function_that_copies_nothing_is_not(string body) =>
        Assert.That(Why($"BEGIN {body} END"), Is.Null);

    [Test]
    public void Of_what_can_t_be_read_only_the_unknown_is_named()
    {
        Assert.That(Why("versioning", "c"), Does.Contain("compiled"));
        Assert.That(Why("moddatetime", "c"), Is.Null);
        Assert.That(Why("suppress_redundant_updates_trigger", "internal"), Is.Null);
        Assert.That(Why("plan.execute([TD['old']['body']])", "plpython3u"), Does.Contain("plpython3u"));
        Assert.That(Why("TD['new']['at'] = 1", "plpython3u"), Is.Null);
    }

    private static string? Why(string source, string language = "plpgsql") =>
        TriggerReading.WhyCopies(
            new TriggerFunction
            {
                Language = language,
                Source = source,
                OldTable = "before_rows",
            },
            ["body"]
        );
}
