using System.Text.RegularExpressions;

namespace RotationMesh.UnitTests.Architecture;

public sealed partial class SourceTests
{
    private const int LongestFile = 250;

    [Test]
    public void The_repository_s_sources_are_found() =>
        Assert.That(Repository.SourceFiles.Count(), Is.GreaterThan(100));

    [Test]
    public void No_file_is_too_long_to_be_read_at_once() =>
        Assert.That(
            Repository
                .SourceFiles.Concat(Repository.TestFiles)
                .Where(file => File.ReadLines(file).Count() > LongestFile)
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
            Is.Empty
        );

    [Test]
    public void Every_type_is_named_for_what_it_is() =>
        Assert.That(
            Repository
                .SourceFiles.SelectMany(file => TypeName().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups["name"].Value)
                .Where(name => Vague().IsMatch(name)),
            Is.Empty
        );

    [Test]
    public void Text_reaches_people_in_one_way_alone() =>
        Assert.That(
            Repository
                .SourceFiles.Where(file =>
                    file.Contains("RotationMesh.Cli", StringComparison.Ordinal)
                    && Path.GetFileName(file) != "Printable.cs"
                    && Unescaped().IsMatch(File.ReadAllText(file))
                )
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
            Is.Empty
        );

    [GeneratedRegex(
        @"(console|Tables|Progress)\.(WriteLine|MarkupLine|Markup)|Markup\.Escape|MarkupLineInterpolated"
    )]
    private static partial Regex Unescaped();

    [GeneratedRegex(
        @"^\s*(?:\w+ )*(?:class|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeName();

    [GeneratedRegex("Manager|Helper|Util|Processor|Common")]
    private static partial Regex Vague();
}
