using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>The pages lead to one another, and the first one is short.</summary>
public sealed partial class PagesTests
{
    private const int LongestReadme = 250;

    private static IEnumerable<string> Pages =>
        Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
            .Select(page => Path.GetRelativePath(Repository.Root, page));

    // Files without their ending, in projects without the product's name.
    private static readonly IReadOnlyList<string> Code =
    [
        .. new[] { "src", "tests" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*.cs",
                    SearchOption.AllDirectories
                )
            )
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(Repository.Root, file), null))
            .Select(file => file.Replace("RotationMesh.", "", StringComparison.Ordinal).Replace('\\', '/')),
    ];

    [TestCaseSource(nameof(Pages))]
    public void A_link_leads_to_a_page_and_a_heading_of_it(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))))
        {
            if (link.Groups["to"].Value.Contains("://", StringComparison.Ordinal))
                continue;
            var to = Path.GetFullPath(Path.Combine(folder, link.Groups["to"].Value));
            Assert.That(File.Exists(to) || Directory.Exists(to), link.Value);
            if (link.Groups["heading"] is { Success: true, Value: var heading })
                Assert.That(Headings(to), Does.Contain(heading), link.Value);
        }
    }

    [Test]
    public void Every_page_is_found_from_the_readme()
    {
        var found = Link()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")))
            .Select(link => link.Groups["to"].Value);

        Assert.That(Pages.Except(["README.md"]), Is.SubsetOf(found));
    }

    [TestCaseSource(nameof(Pages))]
    public void A_place_in_the_code_is_there(string page)
    {
        var named = Place()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, page)))
            .Select(place => place.Groups["place"].Value);
        foreach (var place in named)
            Assert.That(Code.Any(path => $"{path}/".Contains($"/{place}/", StringComparison.Ordinal)), place);
    }

    [Test]
    public void The_readme_is_short() =>
        Assert.That(
            File.ReadAllLines(Path.Combine(Repository.Root, "README.md")),
            Has.Length.AtMost(LongestReadme)
        );

    // As the usual readers make them of a heading.
    private static IEnumerable<string> Headings(string page) =>
        Heading()
            .Matches(File.ReadAllText(page))
            .Select(match =>
                Sign().Replace(match.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-')
            );

    [GeneratedRegex(@"\]\((?<to>[^)#\s]+)(?:#(?<heading>[^)]+))?\)")]
    private static partial Regex Link();

    // Such as `Control/Ledger` or `Coordination/Dispatching/RequestRelay`.
    [GeneratedRegex("`(?<place>[A-Z][A-Za-z]*(?:/[A-Z][A-Za-z]*)+)`")]
    private static partial Regex Place();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Sign();
}
