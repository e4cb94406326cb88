using Npgsql;

namespace RotationMesh.CliTests.Faults;

/// <summary>No key, plaintext, envelope or password is in anything that the program prints, whatever goes wrong.</summary>
public sealed class SecrecyTests
{
    /// <summary>In the message of each trigger; what the server says of a row must not be passed on.</summary>
    private const string Mark = "refused-by-a-trigger";

    private Site site = null!;
    private Secrets secrets = null!;
    private string password = null!;

    [SetUp]
    public async Task Load_and_damage()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "4");
        await Damage.DoAsync(site.Database);
        secrets = new Secrets();
        await secrets.AddAsync(site.Database);
        foreach (var key in MasterKeys.Values.Values)
            secrets.Add("master key", key);
        password = new NpgsqlConnectionStringBuilder(site.Database.ConnectionString).Password!;
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("text")]
    [TestCase("json")]
    public async Task Verbs_on_damaged_rows(string output)
    {
        foreach (
            var verb in (string[])["rotate --dry-run", "rotate", "rotate", "verify", "failures", "census"]
        )
            await ShowsNoSecretAsync(output, verb);
        foreach (var verb in (string[])["keys", "doctor", "doctor --scan", "verify --sample 50%"])
            await ShowsNoSecretAsync(output, verb);
    }

    [TestCase("P0001", "DatabaseError", TestName = "A_trigger_that_quotes_the_row_as_an_exception")]
    [TestCase("42501", "DatabaseError", TestName = "A_trigger_that_quotes_the_row_as_a_lack_of_privilege")]
    [TestCase("55000", "DatabaseError", TestName = "A_trigger_that_quotes_the_row_as_not_ready")]
    [TestCase("XX000", "DatabaseError", TestName = "A_trigger_that_quotes_the_row_as_an_internal_error")]
    public async Task A_trigger_that_quotes_the_row(string state, string told)
    {
        await site.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.id = (SELECT max(id) FROM knowledge_entries) THEN
                RAISE EXCEPTION '{Mark}: % %', OLD.content, NEW.content
                  USING ERRCODE = '{state}', DETAIL = '{Mark} ' || OLD.content, HINT = '{Mark} ' || OLD.content;
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON knowledge_entries FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        );
        foreach (var output in (string[])["text", "json"])
        {
            Assert.That(await ShowsNoSecretAsync(output, "rotate"), Does.Not.Contain(Mark));
            Assert.That(
                await ShowsNoSecretAsync(output, "failures"),
                Does.Not.Contain(Mark).And.Contains(told)
            );
        }
    }

    [Test]
    public async Task A_constraint_that_the_new_value_violates()
    {
        await site.Database.ExecuteAsync(
            "ALTER TABLE knowledge_entries ADD CHECK (encryption_key_version IN (1, 99))"
        );
        await ShowsNoSecretAsync("text", "rotate");
        await ShowsNoSecretAsync("json", "rotate");
    }

    [Test]
    public async Task Statements_of_a_trigger_that_fail_over_a_value()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN EXECUTE 'SELECT ' || quote_ident(OLD.content); RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON knowledge_entries FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        );
        await ShowsNoSecretAsync("text", "rotate");
        await ShowsNoSecretAsync("json", "rotate");
    }

    [Test]
    public async Task A_predicate_of_the_map_that_fails_over_a_value()
    {
        site.Map = site.Map.Replace(
            "content = '__external_storage__'",
            "content::int = 1",
            StringComparison.Ordinal
        );
        foreach (var verb in (string[])["rotate", "census", "verify", "doctor"])
            await ShowsNoSecretAsync("text", verb);
    }

    [Test]
    public async Task Faulty_keys()
    {
        foreach (
            var faulty in (Dictionary<string, string?>[])
                [
                    MasterKeys.Variables(
                        2,
                        MasterKeys.Values[1],
                        new Dictionary<int, string> { [1] = MasterKeys.Values[2] }
                    ),
                    MasterKeys.Variables(2, MasterKeys.Values[2][..31], new Dictionary<int, string>()),
                    MasterKeys.Variables(2, MasterKeys.Values[2] + "secret", new Dictionary<int, string>()),
                    new() { ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = $"{{\"1\": {MasterKeys.Values[1]}}}" },
                    new() { ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = $"{{\"{MasterKeys.Values[1]}\": \"1\"}}" },
                    new() { ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = MasterKeys.Values[1] },
                    new() { ["MASTER_ENCRYPTION_KEY_VERSION"] = MasterKeys.Values[1] },
                ]
        )
        {
            site.HoldKeys(2, 1);
            site.Set(faulty);
            await ShowsNoSecretAsync("json", "rotate");
            await ShowsNoSecretAsync("text", "doctor");
        }
    }

    [TestCase("connectionString: ${APP_DATABASE_URL}", "connectionString: [${APP_DATABASE_URL}]")]
    [TestCase("connectionString: ${APP_DATABASE_URL}", "connectionStrings: ${APP_DATABASE_URL}")]
    [TestCase("connectionString: ${APP_DATABASE_URL}", "connectionString: mysql://${APP_DATABASE_URL}")]
    [TestCase("connectionString: ${APP_DATABASE_URL}", "connectionString: \"${APP_DATABASE_URL};Hostess=x\"")]
    [TestCase("connectionString: ${APP_DATABASE_URL}", "connectionString: \"${APP_DATABASE_URL};Port=x\"")]
    [TestCase("database: app", "database: ${APP_DATABASE_URL}")]
    [TestCase("table: connectors", "table: ${MASTER_ENCRYPTION_KEY}")]
    [TestCase("kind: hkdf-aes-256-gcm", "kind: ${MASTER_ENCRYPTION_KEY}")]
    public async Task Faulty_maps(string text, string replacement)
    {
        site.Map = site.Map.Replace(text, replacement, StringComparison.Ordinal);
        await ShowsNoSecretAsync("json", "rotate");
        await ShowsNoSecretAsync("text", "doctor");
    }

    private async Task<string> ShowsNoSecretAsync(string output, string verb)
    {
        var outcome = await site.RunAsync(["--output", output, .. verb.Split(' ')]);
        await secrets.AddAsync(site.Database);
        var shown = outcome.Output + outcome.Error;
        Assert.That(shown, Is.Not.Empty);
        Assert.That(secrets.In(shown), Is.Empty, $"{verb} shows:\n{outcome}");
        Assert.That(shown, Does.Not.Contain(password));
        return shown;
    }
}
