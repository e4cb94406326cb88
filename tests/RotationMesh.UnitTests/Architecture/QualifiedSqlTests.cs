using System.Text.RegularExpressions;

namespace RotationMesh.UnitTests.Architecture;

/// <summary>
/// SQL that is sent to the application's databases names the schema of all it calls. Sessions there have the application's
/// search path, and a name is looked up in all of it: the better signature wins, whoever made it.
/// </summary>
public sealed partial class QualifiedSqlTests
{
    /// <summary>What looks like a call, and is syntax that does not ask the search path.</summary>
    private static readonly HashSet<string> Syntax =
    [
        "coalesce",
        "greatest",
        "least",
        "extract",
        "OPERATOR",
        "ARRAY",
        "array",
        "EXISTS",
    ];

    private static readonly IReadOnlyList<(string File, string Text)> Literals =
    [
        .. Repository
            .SourceFiles.Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file =>
                file.StartsWith("src/RotationMesh.Tables/", StringComparison.Ordinal)
                || file
                    is "src/RotationMesh.Postgres/SessionSettings.cs"
                        or "src/RotationMesh.Postgres/Waits/SessionWaits.cs"
                        or "src/RotationMesh.Postgres/Waits/WriteState.cs"
            )
            .SelectMany(file =>
                StringLiterals
                    .Of(File.ReadAllText(Path.Combine(Repository.Root, file)))
                    .Select(text => (file, Comment().Replace(text, "")))
            ),
    ];

    [Test]
    public void Statements_are_found() => Assert.That(Statements.Count(), Is.GreaterThan(30));

    private static IEnumerable<(string File, string Text)> Statements =>
        Literals.Where(literal => Statement().IsMatch(literal.Text));

    [Test]
    public void Functions_are_named_with_their_schema() =>
        AssertNone(
            Literals.SelectMany(literal => Found(literal, Call()).Where(call => !Syntax.Contains(call.Name)))
        );

    [Test]
    public void Types_are_named_with_their_schema_or_are_keywords() =>
        AssertNone(Literals.SelectMany(literal => Found(literal, Cast())));

    [Test]
    public void Relations_of_the_catalog_are_named_with_their_schema() =>
        AssertNone(Statements.SelectMany(literal => Found(literal, Relation())));

    [Test]
    public void Operators_are_named_with_their_schema() =>
        AssertNone(
            Statements.SelectMany(literal =>
                Found((literal.File, Named().Replace(Quoted().Replace(literal.Text, "''"), " ")), Operator())
            )
        );

    [Test]
    public void Literals_are_read_whole_with_their_holes() =>
        Assert.That(
            StringLiterals.Of(
                """"
                var a = $"x {F("y", b)} {{z}}"; var c = $$"""
                    { {{F("v")}} }
                    """; var d = '"'; // "no"
                """"
            ),
            Is.EqualTo((string[])["y", "x § {z}", "v", "\n    { § }\n    "])
        );

    [TestCase("SELECT now()", "now")]
    [TestCase("SELECT a.x FROM pg_class a WHERE a.y::text = 'x'", "pg_class", "::text", " = ")]
    [TestCase(
        "SELECT 1 WHERE x IN (1) OR y LIKE 'a' OR z IS DISTINCT FROM 1",
        " IN ",
        " LIKE ",
        " DISTINCT FROM "
    )]
    [TestCase(
        "SELECT pg_catalog.now() FROM pg_catalog.pg_class WHERE x OPERATOR(pg_catalog.=) 1::pg_catalog.int4"
    )]
    public void A_name_without_its_schema_is_seen(string sql, params string[] seen)
    {
        var literal = ("", sql);
        var found = Found(literal, Call())
            .Where(call => !Syntax.Contains(call.Name))
            .Concat(Found(literal, Relation()))
            .Concat(Found(literal, Cast()))
            .Concat(Found(("", Named().Replace(Quoted().Replace(sql, "''"), " ")), Operator()));
        Assert.That(found.Select(name => name.Name), Is.EqualTo(seen));
    }

    private static IEnumerable<(string File, string Name)> Found(
        (string File, string Text) literal,
        Regex names
    ) => names.Matches(literal.Text).Select(match => (literal.File, match.Groups["name"].Value));

    private static void AssertNone(IEnumerable<(string File, string Name)> names) =>
        Assert.That(
            names.Select(name => $"{name.File}: {name.Name}").Distinct(),
            Is.Empty,
            "say pg_catalog.name, ::pg_catalog.type, OPERATOR(pg_catalog.=)"
        );

    [GeneratedRegex(@"\b(SELECT|WHERE|CASE WHEN|FROM|JOIN|UPDATE|AND|OR) ")]
    private static partial Regex Statement();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    // A function has no space before its parenthesis here, and the names of a row's columns come after AS.
    [GeneratedRegex(@"(?<![\w.§$'\\])(?<!AS )(?<name>[A-Za-z_]\w*)\(")]
    private static partial Regex Call();

    [GeneratedRegex(
        @"(?<name>::(?!pg_catalog\.|§|int\b|bigint\b|smallint\b|boolean\b|double precision\b)\w+)"
    )]
    private static partial Regex Cast();

    [GeneratedRegex(@"(?<![\w.'])(?<name>pg_(?!catalog\.)\w+)(?![\w'(])")]
    private static partial Regex Relation();

    // What is named with its schema, and what is no operator: settings, assignments and all columns.
    [GeneratedRegex(@"OPERATOR\(pg_catalog\.[^\s)]+\)|\bSET (LOCAL )?\w+ = |§ = CASE|\(\*\)")]
    private static partial Regex Named();

    [GeneratedRegex(
        @"(?<name>\s(?:[-+*/<>=~!@#%^&|]+|LIKE|ILIKE|BETWEEN|SIMILAR TO|DISTINCT FROM|IN|USING|NULLIF)(?:\s|(?=\()))"
    )]
    private static partial Regex Operator();
}
