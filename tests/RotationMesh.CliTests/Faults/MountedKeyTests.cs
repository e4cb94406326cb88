using RotationMesh.Core.Keys;

namespace RotationMesh.CliTests.Faults;

/// <summary>Keys that come from files: mounted secrets and a dotenv file.</summary>
public sealed class MountedKeyTests
{
    private const string Key = "MASTER_ENCRYPTION_KEY";
    private const string Previous = "MASTER_ENCRYPTION_PREVIOUS_KEYS";

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "30", "--tenants", "2");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Each_variable_may_name_a_file()
    {
        foreach (var variable in (string[])[Key, Previous, $"{Key}_VERSION"])
            Mount(variable, site.Variables[variable] + "\n");
        (await site.RunAsync("rotate")).Exits(0);
        (await site.RunAsync("verify")).Exits(0);
    }

    [TestCase(Key)]
    [TestCase(Previous)]
    public async Task A_file_that_cannot_be_read_is_named(string variable)
    {
        site.Variables[variable] = null;
        site.Variables[$"{variable}_FILE"] = "/nowhere/mounted";
        Assert.That(
            (await site.RunAsync("rotate")).Refusal(),
            Does.Contain($"{variable}_FILE").And.Contain("/nowhere/mounted")
        );
    }

    [Test]
    public async Task A_folder_in_place_of_the_file_is_refused()
    {
        site.Variables[Key] = null;
        site.Variables[$"{Key}_FILE"] = site.Folder;
        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain($"{Key}_FILE"));
    }

    [TestCase(Key)]
    [TestCase(Previous)]
    public async Task The_variable_and_its_file_are_not_both_set(string variable)
    {
        site.Variables[$"{variable}_FILE"] = site.Write("mounted", MasterKeys.Values[3]);
        Assert.That(
            (await site.RunAsync("rotate")).Refusal(),
            Does.Contain($"both {variable} and {variable}_FILE")
        );
    }

    [Test]
    public async Task A_faulty_key_in_a_file_is_refused_as_its_variable()
    {
        Mount(Key, "short");
        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain($"{Key} is shorter than 32"));
    }

    [Test]
    public async Task A_key_with_a_newline_at_its_end_is_the_same_from_every_source_and_told()
    {
        var key = MasterKeys.Values[2];
        var fingerprints = new[] { Of(key), Of(key + "\n") };
        site.Variables[Key] = key + "\n";
        var asVariable = (await site.RunAsync("keys")).Exits(0);
        Mount(Key, key + "\n");
        var asFile = (await site.RunAsync("keys")).Exits(0);
        site.Variables[$"{Key}_FILE"] = null;
        site.Write(".env", $"{Key}=\"{key}\\n\"\n");
        var asLine = (await site.RunProcessAsync("keys", "--env-file", ".env")).Exits(0);

        Assert.Multiple(() =>
        {
            foreach (var run in (ProcessOutcome[])[asVariable, asFile, asLine])
            {
                Assert.That(run.Output, Is.EqualTo(asVariable.Output).And.Contains(fingerprints[0]));
                Assert.That(
                    run.Error,
                    Does.Contain("Warning").And.Contain(fingerprints[0]).And.Contain(fingerprints[1])
                );
                Assert.That(run.Error, Does.Not.Contain(key[..8]));
            }
        });

        static string Of(string text) => Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Test]
    public async Task The_doctor_tells_of_a_key_that_can_be_read_in_two_ways()
    {
        site.Variables[Key] += " ";
        Assert.That(
            (await site.RunAsync("doctor")).Exits(0).Output,
            Does.Contain("can be read in more than one way")
                .And.Contain("without the white space at its ends")
        );
    }

    [Test]
    public async Task A_dotenv_file_gives_keys_and_connection_strings()
    {
        var lines = site.Variables.Select(pair => $"{pair.Key}='{pair.Value}'");
        site.Write(".env", $"# keys\nexport NOTHING=1\n{string.Join('\n', lines)}\n");
        foreach (var variable in site.Variables.Keys.ToList())
            site.Variables[variable] = null;
        (await site.RunProcessAsync("--env-file", ".env", "rotate")).Exits(0);
        (await site.RunProcessAsync("verify", "--env-file", ".env")).Exits(0);
    }

    [TestCase("nowhere.env", "nowhere.env can't be read")]
    [TestCase("broken.env", "broken.env:2: expected NAME=value")]
    public async Task A_faulty_dotenv_file_is_named(string file, string fault)
    {
        site.Write("broken.env", $"A=1\n{MasterKeys.Values[1]}\n");
        var line = (await site.RunProcessAsync("--env-file", file, "rotate")).Refusal();
        Assert.That(line, Does.Contain(fault));
        Assert.That(line, Does.Not.Contain(MasterKeys.Values[1][..8]));
    }

    private void Mount(string variable, string content)
    {
        site.Variables[variable] = null;
        site.Variables[$"{variable}_FILE"] = site.Write(variable.ToLowerInvariant(), content);
    }
}
