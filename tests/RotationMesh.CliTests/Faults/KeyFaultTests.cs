using System.Text;
using RotationMesh.Core.Keys;

namespace RotationMesh.CliTests.Faults;

/// <summary>Key variables that the application would refuse, each with its one line.</summary>
public sealed class KeyFaultTests
{
    private const string Key = "MASTER_ENCRYPTION_KEY";
    private const string Version = "MASTER_ENCRYPTION_KEY_VERSION";
    private const string Previous = "MASTER_ENCRYPTION_PREVIOUS_KEYS";

    private Site site = null!;
    private string bytes = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        bytes = await site.Database.BytesAsync();
    }

    [SetUp]
    public void Hold_sound_keys() => site.HoldKeys(2, 1);

    [TearDown]
    public async Task Nothing_was_written()
    {
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase(Key, null, "is not set")]
    [TestCase(Key, "", "is not set")]
    [TestCase(Key, "only-thirty-one-characters-long", "is shorter than 32 characters")]
    [TestCase(Key, "a8f1TeStc07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Key, "a8f1SECRETc07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Key, "a8f1passwordc07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Key, "a8f112345c07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Key, "a8f1Democ07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Key, "a8f1eXamplec07b43d6e2951a8f1c07b43d6", "contains one of the words")]
    [TestCase(Version, "0", "is not a positive integer")]
    [TestCase(Version, "-3", "is not a positive integer")]
    [TestCase(Version, "1.5", "is not a positive integer")]
    [TestCase(Version, "two", "is not a positive integer")]
    [TestCase(Version, "99999999999", "is not a positive integer")]
    [TestCase(Version, "1", "names version 1, which is the current version")]
    [TestCase(Previous, "{", "is not a JSON object")]
    [TestCase(Previous, "[]", "is not a JSON object")]
    [TestCase(Previous, "7d1e0c52b9a3f46e8d1e0c52b9a3f46e", "is not a JSON object")]
    [TestCase(Previous, "{\"0\":\"7d1e0c52b9a3f46e8d1e0c52b9a3f46e\"}", "not a positive integer")]
    [TestCase(Previous, "{\"one\":\"7d1e0c52b9a3f46e8d1e0c52b9a3f46e\"}", "not a positive integer")]
    [TestCase(
        Previous,
        "{\"1\":\"7d1e0c52b9a3f46e8d1e0c52b9a3f46e\",\"1\":\"8e1e0c52b9a3f46e8d1e0c52b9a3f46e\"}",
        "names version 1 twice"
    )]
    [TestCase(Previous, "{\"1\":\"7d1e0c52\"}", "version 1, is shorter than 32 characters")]
    [TestCase(
        Previous,
        "{\"1\":\"kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps\\u0000\"}",
        "version 1, holds a NUL character"
    )]
    [TestCase(Previous, "{\"1\":7}", "version 1, is not a string")]
    [TestCase(Previous, "{\"1\":\"a8f1examplec07b43d6e2951a8f1c07b43d6\"}", "contains one of the words")]
    public async Task A_fault_is_one_line_that_names_the_variable_and_no_value(
        string variable,
        string? value,
        string fault
    )
    {
        site.Variables[variable] = value;
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(line, Does.Contain(variable == Version && value == "1" ? Previous : variable));
        Assert.That(line, Does.Contain(fault));
        if (value is { Length: > 4 })
            Assert.That(line, Does.Not.Contain(value));
    }

    [TestCase("rotate")]
    [TestCase("rotate", "--dry-run")]
    [TestCase("rotate", "--target-version", "1", "--allow-downgrade")]
    public async Task A_target_whose_key_another_version_has_too_is_refused(params string[] arguments)
    {
        var fingerprint = HoldOneKeyTwice();
        Assert.That(
            (await site.RunAsync(arguments)).Refusal(),
            Does.Contain("key versions 1 and 2")
                .And.Contain(fingerprint)
                .And.Contain("give each version a key of its own")
        );
    }

    [Test]
    public async Task One_key_under_two_versions_is_told_by_the_doctor()
    {
        HoldOneKeyTwice();
        Assert.That(
            (await site.RunAsync("doctor")).Exits(2).Output,
            Does.Contain("key versions 1 and 2 are one and the same key")
        );
    }

    // Returns the key's fingerprint.
    private string HoldOneKeyTwice()
    {
        var key = MasterKeys.Values[1];
        site.Set(MasterKeys.Variables(2, key, new Dictionary<int, string> { [1] = key }));
        return Fingerprint.Of(Encoding.UTF8.GetBytes(key));
    }

    [TestCase("verify")]
    [TestCase("keys")]
    [TestCase("doctor")]
    public async Task Other_verbs_refuse_faulty_keys_too(string verb)
    {
        site.Variables[Key] = "short";
        var outcome = (await site.RunAsync(verb)).Exits(2);
        Assert.That(outcome.Output + outcome.Error, Does.Contain($"{Key} is shorter than 32 characters"));
    }
}
