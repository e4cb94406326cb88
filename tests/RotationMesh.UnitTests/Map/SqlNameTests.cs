using CsCheck;
using RotationMesh.Core.Map;

namespace RotationMesh.UnitTests.Map;

public sealed class SqlNameTests
{
    [TestCase("connectors", null, "connectors")]
    [TestCase("Connectors", null, "connectors")]
    [TestCase("\"Connectors\"", null, "Connectors")]
    [TestCase("App.Connectors", "app", "connectors")]
    [TestCase("\"Odd Schema\".\"My Table\"", "Odd Schema", "My Table")]
    [TestCase("app.\"a.b\"", "app", "a.b")]
    [TestCase("\"say \"\"hi\"\"\"", null, "say \"hi\"")]
    [TestCase("_t1$", null, "_t1$")]
    public void A_name_is_read_as_in_sql(string text, string? schema, string name)
    {
        var parsed = SqlName.Parse(text);

        Assert.That((parsed.Schema?.Name, parsed.Name.Name), Is.EqualTo((schema, name)));
    }

    [TestCase("connectors", "\"connectors\"")]
    [TestCase("app.connectors", "\"app\".\"connectors\"")]
    [TestCase("\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\"")]
    public void Quoting_puts_every_part_in_double_quotes(string text, string quoted) =>
        Assert.That(SqlName.Parse(text).Quoted, Is.EqualTo(quoted));

    [TestCase("app.connectors", "app.connectors")]
    [TestCase("\"app\".\"Odd\"", "app.\"Odd\"")]
    [TestCase("\"1st\"", "\"1st\"")]
    public void It_is_shown_with_quotes_only_where_it_needs_them(string text, string shown) =>
        Assert.That(SqlName.Parse(text).ToString(), Is.EqualTo(shown));

    [TestCase("", "empty")]
    [TestCase(".connectors", "empty")]
    [TestCase("app.", "empty")]
    [TestCase("\"\"", "empty")]
    [TestCase("a.b.c", "more parts than schema and table")]
    [TestCase("1st", "needs double quotes")]
    [TestCase("a b", "needs double quotes")]
    [TestCase("t; DROP TABLE t", "needs double quotes")]
    [TestCase("\"open", "lacks a closing double quote")]
    [TestCase("\"a\"b", "unexpected character")]
    public void What_is_no_name_is_refused_with_the_reason(string text, string reason) =>
        Assert.That(
            () => SqlName.Parse(text),
            Throws.TypeOf<FormatException>().With.Message.Contains(reason)
        );

    [Test]
    public void Any_name_survives_quoting_and_showing() =>
        Gen.Select(Names, Names)
            .Sample(
                (schema, table) =>
                {
                    var name = new SqlName(new(schema), new(table));
                    return SqlName.Parse(name.Quoted) == name && SqlName.Parse(name.ToString()) == name;
                }
            );

    private static Gen<string> Names => Gen.String[Gen.Char["aZ09_$\". ü;-'"], 1, 30];
}
