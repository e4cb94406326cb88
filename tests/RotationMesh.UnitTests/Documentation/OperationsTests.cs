using System.Reflection;
using System.Text.RegularExpressions;
using RotationMesh.Bus.Standing;
using RotationMesh.Core;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>The operator's table: every reason that the program can give is in it, with its meaning and what to do.</summary>
public sealed partial class OperationsTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs", "operations.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    private static readonly FieldInfo[] Constants =
    [
        .. ((Type[])[typeof(Reasons), typeof(BrokerReasons)]).SelectMany(list =>
            list.GetFields(BindingFlags.Public | BindingFlags.Static)
        ),
    ];

    private static IEnumerable<string> Given =>
        Constants.Select(constant => (string)constant.GetRawConstantValue()!);

    private static IEnumerable<string> Explained => Rows.Select(row => row[0].Trim('`'));

    private static readonly string[] Sources =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    private static IEnumerable<string> Names =>
        Constants.Select(constant => $"{constant.DeclaringType!.Name}.{constant.Name}");

    [TestCaseSource(nameof(Given))]
    public void A_reason_is_explained_once(string reason) =>
        Assert.That(Explained.Count(phrase => phrase == reason), Is.EqualTo(1));

    [TestCaseSource(nameof(Explained))]
    public void What_is_explained_is_a_reason_of_the_program(string phrase) =>
        Assert.That(Given, Does.Contain(phrase));

    [TestCaseSource(nameof(Names))]
    public void A_reason_is_given_somewhere(string name) =>
        Assert.That(Sources.Any(source => Regex.IsMatch(source, $@"\b{name}\b")));

    [Test]
    public void Each_says_what_it_means_and_what_to_do() =>
        Assert.That(Rows, Has.All.Length.EqualTo(3).And.All.All.Not.Empty);

    /// <summary>What holds a rotation up, pauses it or refuses it is worded by the list, so that the table has it.</summary>
    [Test]
    public void No_message_that_holds_a_rotation_up_has_words_of_its_own() =>
        Assert.That(
            Sources.SelectMany(source => Worded().Matches(source)).Select(match => match.Value),
            Has.All.Contain("Reasons.")
        );

    [GeneratedRegex(
        """new (?:RotationStalled|TargetVersionClosed|WaitTimedOut)\([^;"]*\$?"(?:[^"])*""",
        RegexOptions.Singleline
    )]
    private static partial Regex Worded();
}
