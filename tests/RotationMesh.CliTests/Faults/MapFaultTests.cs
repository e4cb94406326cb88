namespace RotationMesh.CliTests.Faults;

/// <summary>Rotation maps that can't be read, each with its one line of file and line.</summary>
public sealed class MapFaultTests
{
    private Site site = null!;
    private string sound = null!;
    private string bytes = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        sound = site.Map;
        bytes = await site.Database.BytesAsync();
    }

    [SetUp]
    public void Start_from_a_sound_map() => site.Map = sound;

    [TearDown]
    public async Task Nothing_was_written()
    {
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("key: id", "key: [id", "")]
    [TestCase("key: id", "key: id\n\tindented: by a tab", "not valid YAML")]
    [TestCase("database: app", "database: ap", "'ap'")]
    [TestCase("tenant: tenantId", "tenantColumn: tenantId", "tenantColumn")]
    [TestCase("version: encryption_key_version", "version:", "version")]
    [TestCase("kind: hkdf-aes-256-gcm", "kind: rot13", "rot13")]
    [TestCase("provider: environment", "provider: vault", "vault")]
    [TestCase("format: tenant-aead", "format: tenant-aed", "'tenant-aed'")]
    [TestCase("${APP_DATABASE_URL}", "${UNSET_DATABASE_URL}", "UNSET_DATABASE_URL")]
    public async Task A_fault_is_one_line_with_file_and_line(string text, string replacement, string named)
    {
        var line = 1 + sound[..sound.IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n');
        site.Map = ReplaceFirst(sound, text, replacement);
        var refusal = (await site.RunAsync("rotate")).Refusal();
        Assert.That(refusal, Does.Match(@"rotationmesh: rotation\.yaml:\d+: "));
        Assert.That(refusal, Does.Contain(named));
        if (!text.StartsWith("key:", StringComparison.Ordinal))
            Assert.That(refusal, Does.Contain($":{line}: "));
    }

    [Test]
    public async Task A_missing_file_is_named() =>
        Assert.That(
            (await site.RunProcessAsync("--config", "elsewhere.yaml", "rotate")).Refusal(),
            Does.Contain("elsewhere.yaml").And.Contain("no such file")
        );

    [Test]
    public async Task An_empty_file_is_refused()
    {
        site.Map = "";
        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain("rotation.yaml:1: "));
    }

    [Test]
    public async Task A_connection_string_that_cannot_be_understood_is_refused_without_showing_it()
    {
        site.Map = ReplaceFirst(sound, "${APP_DATABASE_URL}", "\"Hostess=db;Password=kR7-quite-hidden\"");
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(line, Does.Contain("rotation.yaml:2: ").And.Not.Contain("quite-hidden"));
    }

    [Test]
    public async Task A_control_database_of_its_own_is_named_by_its_own_line()
    {
        site.Map = sound.Replace(
            "keys:",
            "control:\n  connectionString: \"Hostess=db;Password=kR7-quite-hidden\"\nkeys:",
            StringComparison.Ordinal
        );
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(line, Does.Match(@"rotation\.yaml:[45]: .*'control'").And.Not.Contain("quite-hidden"));
    }

    [TestCase("verify")]
    [TestCase("census")]
    [TestCase("keys")]
    [TestCase("doctor")]
    [TestCase("failures")]
    public async Task Every_verb_refuses_a_faulty_map(string verb)
    {
        site.Map = ReplaceFirst(sound, "tenant: tenantId", "tenantColumn: tenantId");
        Assert.That((await site.RunAsync(verb)).Refusal(), Does.Contain("tenantColumn"));
    }

    private static string ReplaceFirst(string text, string old, string replacement)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + old.Length));
    }
}
