using System.CommandLine;
using System.Text.RegularExpressions;
using RotationMesh.Cli.Shells;
using RotationMesh.Cli.Tree;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Shells;

/// <summary>What holds for the completion of every shell, and what zsh and fish are given.</summary>
public sealed class CompletionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static IEnumerable<string> Paths => ParsedVerbs.All;

    [Test]
    public async Task Another_shell_is_refused_with_the_three_that_there_are() =>
        Assert.That(
            (await InProcess.RunAsync([], ["completion", "tcsh"])).Refusal(),
            Does.Contain("'tcsh' is none of bash, zsh, fish")
        );

    [Test]
    public async Task The_script_is_in_the_document_where_one_is_asked_for()
    {
        var outcome = await InProcess.RunAsync([], ["completion", "zsh", "--output", "json"]);
        Assert.That((string)outcome.Exits(0).Json()["script"]!, Is.EqualTo(await ScriptAsync("zsh")));
    }

    [Test]
    public void A_description_is_nothing_but_text()
    {
        var odd = new Option<string>("--odd") { Description = @"It's [an]: \ $(option)", HelpName = "X" };
        var root = VerbNode.Of(new RootCommand("") { new Command("do", "It's [a]: verb") { odd } });

        Assert.Multiple(() =>
        {
            Assert.That(ZshScript.Of(root), Does.Contain(@"'--odd=[It'\''s \[an\]\: \\ $(option)]:X: '"));
            Assert.That(ZshScript.Of(root), Does.Contain(@"'do:It'\''s \[a\]\: verb'"));
            Assert.That(FishScript.Of(root), Does.Contain(@" -l odd -x -d 'It\'s [an]: \\ $(option)'"));
            Assert.That(FishScript.Of(root), Does.Contain(@" -a do -d 'It\'s [a]: verb'"));
        });
    }

    [TestCaseSource(nameof(Paths))]
    public async Task Zsh_has_a_function_of_every_verb_with_its_options(string path)
    {
        var script = await ScriptAsync("zsh");
        var everywhere = Between(script, "\n_rotationmesh_every=(\n", "\n)\n");
        var function = Between(script, $"\n_{path.Replace(' ', '_')}() {{\n", "\n}\n");

        foreach (var name in ParsedVerbs.Options(path))
            Assert.That(everywhere + function, Does.Match($@"['*)]{Regex.Escape(name)}=?\["));
        foreach (var verb in ParsedVerbs.After(path))
            Assert.That(
                function,
                Does.Contain($" '{verb}:").And.Contain($" {verb}) _{path.Replace(' ', '_')}_{verb} ")
            );
    }

    [TestCaseSource(nameof(Paths))]
    public async Task Fish_has_every_verb_with_its_options(string path)
    {
        var script = await ScriptAsync("fish");
        var everywhere = script.Split('\n').Where(line => !line.Contains(" -n '"));
        var here = script.Split('\n').Where(line => line.Contains($" -n '__rotationmesh_at {path}' "));

        foreach (var name in ParsedVerbs.Options(path))
            Assert.That(everywhere.Concat(here), Has.Some.Match($" -(l {name[2..]}|s {name[1..]}) .*-d '"));
        foreach (var verb in ParsedVerbs.After(path))
            Assert.That(here, Has.Some.Contains($" -a {verb} "));
    }

    [TestCase("zsh", "-f")]
    [TestCase("fish", "--private")]
    public async Task The_shell_can_read_it(string shell, string option)
    {
        if (Installed.Find(shell) is not { } program)
            throw Missing.Tell($"no {shell} for the test: run infra/services.sh install shells");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await ScriptAsync(shell));
            (await new CommandLine(program, option, "-n", file).RunAsync(Deadline)).Exits(0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> ScriptAsync(string shell) =>
        (await InProcess.RunAsync([], ["completion", shell])).Exits(0).Output;

    private static string Between(string text, string from, string to)
    {
        var start = text.IndexOf(from, StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, from);
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }
}
