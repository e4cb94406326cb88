namespace RotationMesh.CliTests.Faults;

/// <summary>
/// Variables that stand where the map expects a name. What they hold may be a connection string by mistake, so errors show
/// them as they are written.
/// </summary>
public sealed class VariableNameTests
{
    private const string Hidden = "kR7-quite-hidden";

    private Site site = null!;
    private string sound = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        sound = site.Map;
        site.Variables["ODD_NAME"] = Hidden;
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("key: id", "key: ${ODD_NAME}")]
    [TestCase("key: id", "key: [id, \"${ODD_NAME}\"]")]
    [TestCase("tenant: tenantId", "tenant: ${ODD_NAME}")]
    [TestCase("version: encryption_key_version", "version: \"a${ODD_NAME}\"")]
    [TestCase("table: connectors", "table: '\"${ODD_NAME}\"'")]
    [TestCase("table: connectors", "table: 'public.\"${ODD_NAME}\"'")]
    public async Task A_name_that_the_database_lacks_is_shown_as_it_is_written(
        string text,
        string replacement
    )
    {
        var refusal = await RefusalAsync(text, replacement);
        Assert.That(refusal, Does.Contain("${ODD_NAME}").And.Contain("(line "));
    }

    [TestCase("key: id", "key: [\"${ODD_NAME}\", \"${ODD_NAME}\"]")]
    [TestCase("tenant: tenantId", "tenant: ${ODD_NAME}\n      version: ${ODD_NAME}")]
    public async Task A_name_that_plays_two_parts_is_shown_as_it_is_written(string text, string replacement)
    {
        var map = text.StartsWith("key", StringComparison.Ordinal)
            ? sound
            : ReplaceFirst(sound, "      version: encryption_key_version\n", "");
        Assert.That(await RefusalAsync(text, replacement, map), Does.Contain("${ODD_NAME}"));
    }

    [TestCase("key: id", "key: id\n      external: \"${ODD_NAME} = 1\"")]
    [TestCase("key: id", "key: id\n      external: \"id = '${ODD_NAME}' AND nothing\"")]
    [TestCase("key: id", "key: id\n      external: \"(\\\"${ODD_NAME}\\\")\"")]
    public async Task A_predicate_that_the_server_refuses_is_not_quoted_by_it(
        string text,
        string replacement
    ) => Assert.That(await RefusalAsync(text, replacement), Does.Contain("`external`"));

    private async Task<string> RefusalAsync(string text, string replacement, string? map = null)
    {
        site.Map = ReplaceFirst(map ?? sound, text, replacement);
        var refusal = (await site.RunAsync("rotate")).Refusal();
        Assert.That(refusal, Does.Not.Contain("quite-hidden").And.Not.Contain("kR7"));
        var doctor = await site.RunAsync("doctor");
        Assert.That(doctor.Exits(2).Output + doctor.Error, Does.Not.Contain("quite").And.Not.Contain("kR7"));
        return refusal;
    }

    private static string ReplaceFirst(string text, string old, string replacement)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + old.Length));
    }
}
