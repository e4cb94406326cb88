using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>The threat model: whatever it claims is held by a test that is there.</summary>
public sealed partial class ThreatModelTests
{
    private static readonly string[] Tests =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Classes().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value),
    ];

    private static IEnumerable<string> Named =>
        Names()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md")))
            .Select(match => match.Groups[1].Value)
            .Distinct();

    private static IEnumerable<string> Claims =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "security.md"))
            .SkipWhile(line => !line.StartsWith("## What \"Completed\"", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("## What remains", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !Heads().IsMatch(line));

    [TestCaseSource(nameof(Named))]
    public void A_test_that_it_names_is_there(string name) => Assert.That(Tests, Does.Contain(name));

    [TestCaseSource(nameof(Claims))]
    public void A_claim_names_its_tests(string claim) => Assert.That(Names().IsMatch(claim), Is.True);

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex Classes();

    [GeneratedRegex("`((?:When\\w+)|(?:\\w+Tests))`")]
    private static partial Regex Names();

    [GeneratedRegex(@"^\| (claim|who has) ")]
    private static partial Regex Heads();
}
