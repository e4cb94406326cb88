namespace RotationMesh.CliTests.Shells;

/// <summary>The completion of bash, asked in a bash as it asks when TAB is pressed.</summary>
public sealed class BashCompletionTests
{
    // Without PATH, so that a program that it starts is an error.
    private const string Tab = """
        set -eu
        source "$1"
        shift
        PATH=''
        [[ $(complete -p rotationmesh) == 'complete -F _rotationmesh rotationmesh' ]]
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _rotationmesh
        printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private string folder = null!;

    private static IEnumerable<string> Paths => ParsedVerbs.All;

    private string Script => Path.Combine(folder, "rotationmesh.bash");

    [OneTimeSetUp]
    public async Task Write_the_script()
    {
        folder = Directory.CreateTempSubdirectory("rotationmesh-completion-").FullName;
        var outcome = await InProcess.RunAsync([], ["completion", "bash"]);
        await File.WriteAllTextAsync(Script, outcome.Exits(0).Output);
    }

    [OneTimeTearDown]
    public void Delete_the_folder() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task The_verbs_follow_the_program() =>
        Assert.That(
            await OfferedAsync("rotationmesh", ""),
            Is.EquivalentTo(ParsedVerbs.After("rotationmesh"))
        );

    [TestCaseSource(nameof(Paths))]
    public async Task Every_verb_that_may_follow_is_offered(string path) =>
        Assert.That(await OfferedAsync([.. path.Split(' '), ""]), Is.SupersetOf(ParsedVerbs.After(path)));

    [TestCaseSource(nameof(Paths))]
    public async Task Every_option_of_a_verb_is_offered_and_no_other(string path) =>
        Assert.That(
            await OfferedAsync([.. path.Split(' '), "-"]),
            Is.EquivalentTo(ParsedVerbs.Options(path))
        );

    [TestCase("rotate --sco", "--scope")]
    [TestCase("rotate --only rotate --dry", "--dry-run", TestName = "A_value_is_no_verb")]
    [TestCase("--config keys rota", "rotate", TestName = "Nor_is_the_value_of_an_option_before_the_verb")]
    [TestCase("keys --output json ret", "retire", TestName = "Options_stand_between_verbs_too")]
    [TestCase("--output ", "json text")]
    [TestCase("report --format ", "html md")]
    [TestCase("audit export --format ", "jsonl")]
    [TestCase("token generate --role op", "operator")]
    [TestCase("rotate --output =", "json text", TestName = "The_shell_splits_at_the_sign")]
    [TestCase("rotate --output = js", "json", TestName = "The_shell_splits_after_the_sign")]
    [TestCase("rotate --output=js", "--output=json", TestName = "The_shell_is_told_not_to_split")]
    [TestCase("--server http : //rotate : 80 stat", "status", TestName = "The_shell_splits_an_address")]
    [TestCase("completion ", "bash fish zsh")]
    [TestCase("completion bash ", "")]
    [TestCase("rotate --tenant ", "")]
    [TestCase("rotate --dry-run = ", "")]
    [TestCase("status ro", "")]
    public async Task What_fits_is_offered(string typed, string offered) =>
        Assert.That(
            await OfferedAsync(["rotationmesh", .. typed.Split(' ')]),
            Is.EquivalentTo(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        );

    [Test]
    public async Task Files_and_folders_are_offered_where_they_are_asked_for()
    {
        var begun = Path.Combine(folder, "my");
        await File.WriteAllTextAsync($"{begun} map.yaml", "");
        Directory.CreateDirectory($"{begun} pages");

        Assert.That(
            await OfferedAsync("rotationmesh", "rotate", "--config", begun),
            Is.EquivalentTo([$"{begun} map.yaml", $"{begun} pages"])
        );
        Assert.That(
            await OfferedAsync("rotationmesh", "man", "--directory", begun),
            Is.EqualTo([$"{begun} pages"])
        );
    }

    private async Task<string[]> OfferedAsync(params string[] words)
    {
        var bash = new CommandLine("bash", ["--norc", "-c", Tab, "bash", Script, .. words]);
        var outcome = (await bash.RunAsync(Deadline)).Exits(0);
        Assert.That(outcome.Error, Is.Empty);
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
