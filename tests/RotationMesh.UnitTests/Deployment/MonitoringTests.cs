using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;
using YamlDotNet.RepresentationModel;

namespace RotationMesh.UnitTests.Deployment;

/// <summary>Alerts, dashboard and collector speak of what the programs measure, by the names that Prometheus gets.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Metrics = Read("src/RotationMesh.Bus/Telemetry/MeshMetrics.cs");

    private static IEnumerable<JsonNode> Panels =>
        JsonNode.Parse(Read("infra/dashboards/rotationmesh.json"))!["panels"]!
            .AsArray()
            .Select(panel => panel!);

    private static IEnumerable<string> Dashboard =>
        Panels.SelectMany(panel => panel["targets"]!.AsArray()).Select(target => (string)target!["expr"]!);

    [Test]
    public void Alerts_and_dashboard_name_nothing_that_no_program_measures()
    {
        var known = Measured.SelectMany(Series).Concat(Labels()).ToHashSet(StringComparer.Ordinal);
        var named = Dashboard
            .Append(Read("infra/alerts/rotationmesh.yaml"))
            .SelectMany(text => Name().Matches(text))
            .Select(name => name.Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.That(named, Is.Not.Empty.And.SubsetOf(known));
    }

    [TestCaseSource(nameof(Names))]
    public void The_dashboard_shows_every_metric(string metric)
    {
        var series = Series(Measured.Single(one => one.Metric == metric)).ToList();

        Assert.That(
            Dashboard,
            Has.Some.Matches<string>(query =>
                series.Any(name => query.Contains(name, StringComparison.Ordinal))
            )
        );
    }

    // A query of a range has a last value long after the series has ended.
    [Test]
    public void A_tile_shows_what_is_measured_now_or_that_nothing_is()
    {
        var tiles = Panels.Where(panel => (string?)panel["type"] == "stat").ToList();

        Assert.That(tiles, Is.Not.Empty);
        using (Assert.EnterMultipleScope())
            foreach (var tile in tiles)
            {
                var title = (string)tile["title"]!;
                Assert.That(
                    tile["targets"]!.AsArray().Select(target => (bool?)target!["instant"]),
                    Is.All.True,
                    title
                );
                Assert.That(
                    (string?)tile["fieldConfig"]!["defaults"]!["noValue"],
                    Is.EqualTo("not measured"),
                    title
                );
                Assert.That(
                    tile["targets"]!.AsArray().Select(target => (string)target!["expr"]!),
                    Has.None.EndsWith("or vector(0)"),
                    $"{title}: that is a 0 of what nobody measures"
                );
            }
    }

    [TestCaseSource(nameof(Names))]
    public void The_manual_names_every_metric_with_its_unit(string metric)
    {
        var unit = Measured.Single(one => one.Metric == metric).Unit;

        Assert.That(
            Read("docs/mesh.md").Split('\n'),
            Has.One.Matches<string>(line =>
                line.StartsWith($"| `{metric}` |", StringComparison.Ordinal)
                && line.Contains($"| {unit} |", StringComparison.Ordinal)
            )
        );
    }

    [Test]
    public void The_manual_names_every_attribute_and_no_metric_that_is_not_measured()
    {
        var rows = Read("docs/mesh.md")
            .Split('\n')
            .Where(line => line.StartsWith("| `rotationmesh.", StringComparison.Ordinal))
            .Select(line => line.Split('|').Select(cell => cell.Trim()).ToList())
            .ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Select(row => row[1].Trim('`')), Is.EquivalentTo(Names));
            Assert.That(
                rows.SelectMany(row => Quoted().Matches(row[3])).Select(found => found.Groups["name"].Value),
                Is.SupersetOf(Attributes())
            );
        }
    }

    [Test]
    public void The_chart_has_the_same_alerts() =>
        Assert.That(
            Read("infra/helm/rotationmesh/alerts.yaml"),
            Is.EqualTo(Read("infra/alerts/rotationmesh.yaml")),
            "cp infra/alerts/rotationmesh.yaml infra/helm/rotationmesh/alerts.yaml"
        );

    [Test]
    public void Compose_and_the_chart_have_one_version_of_the_collector()
    {
        var image = Yaml("infra/helm/rotationmesh/values.yaml")["telemetry"]["collector"]["image"];

        Assert.That(
            ComposeFile.Service("collector").Text("image"),
            Is.EqualTo("${COLLECTOR_IMAGE:-" + image + "}")
        );
    }

    [Test]
    public void The_collector_s_pipelines_are_made_of_what_it_has()
    {
        var root = Yaml("compose/collector/config.yaml");

        foreach (var (pipeline, parts) in (YamlMappingNode)root["service"]["pipelines"])
        foreach (var (kind, names) in (YamlMappingNode)parts)
            Assert.That(
                ((YamlSequenceNode)names).Select(name => $"{name}"),
                Is.Not.Empty.And.SubsetOf(
                    ((YamlMappingNode)root[kind]).Children.Keys.Select(key => $"{key}")
                ),
                $"{pipeline}: {kind}"
            );
    }

    private static IEnumerable<string> Names => Measured.Select(one => one.Metric);

    // Name, kind of instrument and unit.
    private static IEnumerable<(string Metric, string Kind, string Unit)> Measured =>
        Instrument()
            .Matches(Metrics)
            .Select(found =>
                (found.Groups["name"].Value, found.Groups["kind"].Value, found.Groups["unit"].Value)
            );

    // As OpenTelemetry's collector translates names: units in braces are dropped, and 1 is a ratio where it is a gauge's.
    private static IEnumerable<string> Series((string Metric, string Kind, string Unit) one)
    {
        var name = one.Metric.Replace('.', '_');
        return one switch
        {
            { Kind: "Counter" } => [$"{name}_total"],
            { Kind: "Histogram", Unit: "s" } =>
            [
                $"{name}_seconds_bucket",
                $"{name}_seconds_sum",
                $"{name}_seconds_count",
            ],
            { Kind: "ObservableGauge", Unit: "1" } => [$"{name}_ratio"],
            { Kind: "ObservableGauge", Unit: "s" } => [$"{name}_seconds"],
            { Kind: "ObservableGauge" } => [name],
            _ => throw new NotSupportedException($"{one}"),
        };
    }

    private static IEnumerable<string> Labels() => Attributes().Select(name => name.Replace('.', '_'));

    private static IEnumerable<string> Attributes() =>
        new[]
        {
            "src/RotationMesh.Coordination/LedgerGauges.cs",
            "src/RotationMesh.Bus/Telemetry/BrokerGauge.cs",
        }
            .Select(Read)
            .Append(Metrics)
            .SelectMany(source => Attribute().Matches(source))
            .Select(found => found.Groups["name"].Value);

    private static YamlMappingNode Yaml(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Read(path)));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(
        """Create(?<kind>Counter|Histogram|ObservableGauge)(?:<\w+>)?\(\s*"(?<name>[^"]+)",\s*(?:[\w.]+,\s*)?"(?<unit>[^"]+)",""",
        RegexOptions.Singleline
    )]
    private static partial Regex Instrument();

    [GeneratedRegex("\\(\"(?<name>rotationmesh\\.[a-z_.]+)\",")]
    private static partial Regex Attribute();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\brotationmesh_[a-z_]+")]
    private static partial Regex Name();
}
