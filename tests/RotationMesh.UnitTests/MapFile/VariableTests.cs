using RotationMesh.MapFile.Nodes;

namespace RotationMesh.UnitTests.MapFile;

public sealed class VariableTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["SET"] = "value",
        ["EMPTY"] = "",
        ["NESTED"] = "${SET}",
    };

    [TestCase("plain", "plain")]
    [TestCase("${SET}", "value")]
    [TestCase("<${SET}|${SET}>", "<value|value>")]
    [TestCase("${SET:-other}", "value")]
    [TestCase("${UNSET:-other}", "other")]
    [TestCase("${EMPTY:-other}", "other")]
    [TestCase("${EMPTY}", "")]
    [TestCase("${UNSET:-}", "")]
    [TestCase("${UNSET:-${SET}}", "value")]
    [TestCase("${UNSET:-{tenant}:{context}}", "{tenant}:{context}")]
    [TestCase("${UNSET:-a:-b}", "a:-b")]
    [TestCase("${NESTED}", "${SET}", Description = "a value is not searched again")]
    [TestCase("{tenant} $5", "{tenant} $5")]
    public void Variables_and_defaults_are_replaced(string text, string expected) =>
        Assert.That(Substitution.Apply(text, Variables.GetValueOrDefault), Is.EqualTo(expected));

    [TestCase("${UNSET}", "the variable UNSET is not set")]
    [TestCase("${UNSET:-${ALSO_UNSET}}", "the variable ALSO_UNSET is not set")]
    [TestCase("${SET", "write ${NAME}")]
    [TestCase("${}", "write ${NAME}")]
    [TestCase("${1ST}", "write ${NAME}")]
    [TestCase("${SET-other}", "write ${NAME}")]
    [TestCase("${SE T}", "write ${NAME}")]
    public void What_is_no_set_variable_is_refused(string text, string reason) =>
        Assert.That(
            () => Substitution.Apply(text, Variables.GetValueOrDefault),
            Throws.InstanceOf<FormatException>().With.Message.Contains(reason)
        );

    [Test]
    public void A_variable_that_is_not_set_is_named_with_file_and_line() =>
        Assert.That(
            MapFolder.Refusal(Maps.Full),
            Is.EqualTo("rotation.yaml:3: the variable APP_DATABASE_URL is not set")
        );

    [Test]
    public void A_value_that_looks_like_yaml_adds_nothing_to_the_map()
    {
        const string value = "tokens\n  injected: { a: b }, c: [d] # e";
        var map = MapFolder.Read(Maps.Spoiled("context: tokens", "context: \"${CONTEXT}\""), _ => value);

        Assert.That(map.Tables.Single().Columns[0].Context, Is.EqualTo(value));
    }

    [Test]
    public void A_variable_that_only_a_gate_names_need_not_be_set() =>
        Assert.That(
            MapFolder.Read(Maps.Full, name => name == "APP_DATABASE_URL" ? "Host=db" : null).Gates,
            Has.Count.EqualTo(2)
        );
}
