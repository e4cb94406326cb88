using System.Globalization;
using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Telemetry;

/// <summary>
/// Operators filter and alert by the ids of what is logged. One id means one thing in all categories, as a class of messages
/// is logged under several.
/// </summary>
public sealed partial class EventIdTests
{
    private static readonly IReadOnlyList<(string File, IReadOnlyList<int> Ids)> Logs =
    [
        .. Repository
            .SourceFiles.Select(file => (Path.GetFileName(file), Ids(File.ReadAllText(file))))
            .Where(log => log.Item2.Count > 0),
    ];

    [Test]
    public void Messages_are_found() =>
        Assert.That(Logs.Select(log => log.File), Is.SupersetOf(new[] { "MeshLog.cs", "ApiLog.cs" }));

    [Test]
    public void No_id_is_given_twice() => Assert.That(Logs.SelectMany(log => log.Ids), Is.Unique);

    [Test]
    public void Messages_of_a_class_are_in_the_order_of_their_ids() =>
        Assert.That(
            Logs.Where(log => !log.Ids.SequenceEqual(log.Ids.Order())).Select(log => log.File),
            Is.Empty
        );

    private static IReadOnlyList<int> Ids(string source) =>
        [
            .. Message()
                .Matches(source)
                .Select(match => int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture)),
        ];

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?<id>\d+)")]
    private static partial Regex Message();
}
