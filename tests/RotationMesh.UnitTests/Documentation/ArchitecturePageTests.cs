using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>ARCHITECTURE.md names the projects that there are, and the references between them.</summary>
public sealed partial class ArchitecturePageTests
{
    /// <summary>What can be read in nine minutes.</summary>
    private const int MostWords = 2200;

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));

    private static readonly ILookup<string, string> Drawn = Graph()
        .Match(Page)
        .Groups["lines"]
        .Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split("-->"))
        .SelectMany(line => Names(line[0]).SelectMany(from => Names(line[1]).Select(to => (from, to))))
        .ToLookup(arrow => arrow.from, arrow => arrow.to);

    private static readonly ILookup<string, string> Referred = Repository
        .Projects.SelectMany(project =>
            Repository.References(project).Select(to => (From: Short(project), To: Short(to)))
        )
        .ToLookup(arrow => arrow.From, arrow => arrow.To);

    [Test]
    public void Each_arrow_is_a_reference()
    {
        Assert.That(Drawn, Is.Not.Empty);
        foreach (var from in Drawn)
            Assert.That(from, Is.SubsetOf(Referred[from.Key]), from.Key);
    }

    [Test]
    public void Each_reference_follows_from_the_arrows()
    {
        Assert.That(Referred, Is.Not.Empty);
        foreach (var from in Referred)
            Assert.That(from, Is.SubsetOf(Reached(from.Key)), from.Key);
    }

    [Test]
    public void Each_project_has_its_line() =>
        Assert.That(
            Project().Matches(Page).Select(match => match.Groups["name"].Value),
            Is.EquivalentTo(Repository.Projects.Select(Short))
        );

    [Test]
    public void It_is_read_in_nine_minutes() =>
        Assert.That(
            Page.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Count(word => word.Any(char.IsLetterOrDigit)),
            Is.AtMost(MostWords)
        );

    private static HashSet<string> Reached(string from)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(Drawn[from]);
        while (open.TryPop(out var next))
            if (reached.Add(next))
                foreach (var further in Drawn[next])
                    open.Push(further);
        return reached;
    }

    private static string[] Names(string side) => side.Split('&', StringSplitOptions.TrimEntries);

    private static string Short(string project) =>
        Path.GetFileNameWithoutExtension(
                project.EndsWith(".csproj", StringComparison.Ordinal) ? project : project + ".csproj"
            )
            .Replace("RotationMesh.", "", StringComparison.Ordinal);

    [GeneratedRegex(@"```mermaid\ngraph LR\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Graph();

    [GeneratedRegex(@"^\| `RotationMesh\.(?<name>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Project();
}
