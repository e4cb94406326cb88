using System.Text.RegularExpressions;
using CsCheck;
using RotationMesh.Core;

namespace RotationMesh.UnitTests.MapFile;

/// <summary>Connection strings in every wrong place, and damage to every line: no error shows a password.</summary>
public sealed partial class SecrecyTests
{
    private static readonly string[] Secrets =
    [
        $"postgres://owner:{Maps.Password}@db/app",
        $"Host=db;Username=owner;Password={Maps.Password}",
        $"\"postgres://owner:{Maps.Password}@db/app\\nsecond line\"",
        "${SECRET}",
        "${SECRET}${UNSET}",
        "${UNSET:-${SECRET}}",
    ];

    private static readonly Func<string, string>[] Damages =
    [
        line => "",
        line => line + "\n" + line,
        line => line + "'",
        line => line + "\"",
        line => line + ": x: y",
        line => line + " [",
        line => line + " }",
        line => "\t" + line,
        line => " " + line,
        line => line.TrimStart(),
        line => line.Replace(": ", ":", StringComparison.Ordinal),
        line => line.Replace(": ", ": *", StringComparison.Ordinal),
        line => line.Replace(": ", ": !", StringComparison.Ordinal),
        line => line.Replace(": ", ": |", StringComparison.Ordinal),
        line => line.Replace(": ", ": %", StringComparison.Ordinal),
        line => line.Replace(": ", ": @", StringComparison.Ordinal),
        line => line + "\n---",
        line => line + "\n<<: x",
    ];

    [Test]
    public void A_secret_in_place_of_any_value_or_key_is_never_shown(
        [ValueSource(nameof(Secrets))] string secret
    )
    {
        foreach (var map in Whole)
        foreach (var (number, line) in Lines(map))
        {
            AssertSilent(map, number, ValuePart().Replace(line, _ => $": {secret}", 1));
            AssertSilent(map, number, KeyPart().Replace(line, _ => $"{secret}:", 1));
            AssertSilent(map, number, line + "\n" + Indent(line) + secret + ": 1");
            AssertSilent(map, number, line + "\n" + Indent(line) + "- " + secret);
        }
    }

    [Test]
    public void Damage_to_any_line_shows_no_secret()
    {
        foreach (var map in Whole)
        foreach (var (number, line) in Lines(map))
        foreach (var damage in Damages)
            AssertSilent(map, number, damage(line));
    }

    [Test]
    public void A_file_cut_off_anywhere_shows_no_secret()
    {
        for (var length = 0; length < Maps.Small.Length; length++)
            AssertSilent(Maps.Small[..length], $"cut off after {length} characters");
    }

    [Test]
    public void Characters_of_yaml_anywhere_show_no_secret() =>
        Gen.Select(Gen.Int[0, Maps.Small.Length], Gen.String[Gen.Char["{}[]:-?&*!|>'\"%@`#,\t\n a$<"], 1, 4])
            .Sample(
                (at, damage) => AssertSilent(Maps.Small.Insert(at, damage), $"'{damage}' at character {at}"),
                iter: 2_000
            );

    private static readonly string[] Whole = [Maps.Small, GatedMap.Yaml];

    private static IEnumerable<(int Number, string Line)> Lines(string map) =>
        map.Split('\n').Select((line, number) => (number, line));

    private static string Indent(string line) => line[..^line.TrimStart().Length];

    private static void AssertSilent(string map, int number, string replacement)
    {
        var lines = map.Split('\n');
        lines[number] = replacement;
        AssertSilent(string.Join('\n', lines), $"line {number + 1}: {replacement}");
    }

    // Some damage leaves a valid map; what matters is what a refusal says.
    private static void AssertSilent(string yaml, string damage)
    {
        try
        {
            _ = MapFolder.Read(
                yaml,
                name => name == "SECRET" ? $"postgres://owner:{Maps.Password}@db/app" : null
            );
        }
        catch (UsageException refusal)
        {
            Assert.That(refusal.ToString(), Does.Not.Contain(Maps.Password), damage);
            Assert.That(
                refusal.Message,
                Does.Match(@"rotation\.yaml:\d+: \S").And.Not.Contains("\n"),
                damage
            );
        }
    }

    [GeneratedRegex(@":( .*)?$")]
    private static partial Regex ValuePart();

    [GeneratedRegex(@"[\w]+:")]
    private static partial Regex KeyPart();
}
