using System.Reflection;
using System.Text.RegularExpressions;
using RotationMesh.Cli.Manual;
using RotationMesh.Core.Faults;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Manual;

/// <summary>The man pages: one of every verb, with all that it takes.</summary>
public sealed partial class ManPageTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private string folder = null!;

    private static IEnumerable<string> Paths => ParsedVerbs.All;

    [OneTimeSetUp]
    public async Task Write_the_pages()
    {
        folder = Directory.CreateTempSubdirectory("rotationmesh-man-").FullName;
        (await InProcess.RunAsync([], ["man", "--directory", Path.Combine(folder, "man1")])).Exits(0);
    }

    [OneTimeTearDown]
    public void Delete_the_folder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void The_program_and_every_verb_have_a_page() =>
        Assert.That(Directory.GetFiles(Path.Combine(folder, "man1")), Is.EquivalentTo(Paths.Select(PageOf)));

    [TestCaseSource(nameof(Paths))]
    public void A_page_has_every_option_and_every_verb_that_may_follow(string path)
    {
        var page = Read(path);
        foreach (var name in ParsedVerbs.Options(path))
            Assert.That(page, Does.Contain($@"\fB{Roff.Escaped(name)}\fR"));
        foreach (var verb in ParsedVerbs.After(path))
            Assert.That(page, Does.Contain($@"\fB{Roff.Escaped($"{path} {verb}".Replace(' ', '-'))}\fR(1)"));
    }

    [TestCaseSource(nameof(Paths))]
    public void A_page_has_its_sections_in_their_order(string path) =>
        Assert.That(
            Read(path)
                .Split('\n')
                .Where(line => line.StartsWith(".SH ", StringComparison.Ordinal))
                .Except([".SH VERBS", ".SH ARGUMENTS"]),
            Is.EqualTo([
                ".SH NAME",
                ".SH SYNOPSIS",
                ".SH DESCRIPTION",
                ".SH OPTIONS",
                ".SH EXIT STATUS",
                ".SH ENVIRONMENT",
                ".SH SEE ALSO",
            ])
        );

    [Test]
    public void What_has_to_be_given_is_in_the_synopsis()
    {
        Assert.That(
            Read("rotationmesh token generate"),
            Does.Contain(@"\fB\-\-name\fR \fINAME\fR \fB\-\-role\fR \fIviewer|operator\fR [\fIoption\fR ...]")
        );
        Assert.That(
            Read("rotationmesh keys retire"),
            Does.Contain("\n" + @"\fBrotationmesh keys retire\fR [\fIoption\fR ...] \fIN\fR" + "\n")
        );
        Assert.That(
            Read("rotationmesh status"),
            Does.Contain("\n" + @"\fBrotationmesh status\fR [\fIoption\fR ...] [\fIID\fR]" + "\n")
        );
    }

    [Test]
    public void A_variable_stands_for_every_option_that_all_verbs_have()
    {
        foreach (var name in (string[])["CONFIG", "ENV_FILE", "SERVER", "OUTPUT"])
            Assert.That(Read("rotationmesh rotate"), Does.Contain($@"\fBROTATIONMESH_{name}\fR"));
    }

    [Test]
    public void The_exit_codes_are_those_of_the_readme()
    {
        var readme = File.ReadLines(Path.Combine(RepositoryRoot.Path, "README.md"));
        var rows = readme.Where(line => ExitRow().IsMatch(line)).Select(line => line.Replace("`", ""));
        var codes = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static);

        Assert.That(
            ExitStatus.All.Select(status => $"| {status.Code} | {status.Meaning} |"),
            Is.EqualTo(rows)
        );
        Assert.That(
            ExitStatus.All.Select(status => status.Code),
            Is.EquivalentTo(codes.Select(code => (int)code.GetRawConstantValue()!))
        );
    }

    [TestCase(".SH", @"\&.SH")]
    [TestCase("'s", @"\(aqs")]
    [TestCase(@"a\b-c", @"a\eb\-c")]
    [TestCase("a.b, 5%", "a.b, 5%")]
    [TestCase("…", @"\[u2026]")]
    public void Text_is_no_request(string text, string roff) =>
        Assert.That(Roff.Escaped(text), Is.EqualTo(roff));

    [Test]
    public async Task They_are_rendered_without_a_warning_where_groff_is_installed()
    {
        if (Installed.Find("groff") is not { } groff)
            return;
        var check = new CommandLine(groff, ["-man", "-Tutf8", "-ww", "-z", .. Paths.Select(PageOf)]);
        var outcome = await check.RunAsync(Deadline);
        Assert.That(outcome.Exits(0).Error, Is.Empty);
    }

    [Test]
    public async Task A_folder_that_cannot_be_is_refused()
    {
        var below = Path.Combine(PageOf("rotationmesh"), "below");
        var outcome = await InProcess.RunAsync([], ["man", "--directory", below]);
        Assert.That(outcome.Refusal(), Does.Contain("--directory"));
    }

    private string Read(string path) => File.ReadAllText(PageOf(path));

    private string PageOf(string path) => Path.Combine(folder, "man1", $"{path.Replace(' ', '-')}.1");

    [GeneratedRegex(@"^\| \d \| ")]
    private static partial Regex ExitRow();
}
