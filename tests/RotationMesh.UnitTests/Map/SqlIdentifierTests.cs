using RotationMesh.Core.Map;

namespace RotationMesh.UnitTests.Map;

public sealed class SqlIdentifierTests
{
    [TestCase("tenantId", "\"tenantId\"")]
    [TestCase("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [TestCase("\"; DROP TABLE t; --", "\"\"\"; DROP TABLE t; --\"")]
    public void A_name_is_quoted_exactly_as_it_is(string name, string quoted) =>
        Assert.That(new SqlIdentifier(name).Quoted, Is.EqualTo(quoted));

    [Test]
    public void The_longest_name_that_postgresql_keeps_is_accepted() =>
        Assert.That(new SqlIdentifier(new string('x', 63)).Name, Has.Length.EqualTo(63));

    [TestCase("", "empty")]
    [TestCase("a\0b", "NUL")]
    [TestCase("üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü", "longer than 63 bytes")]
    public void A_name_that_no_object_can_have_is_refused(string name, string reason) =>
        Assert.That(
            () => new SqlIdentifier(name),
            Throws.TypeOf<FormatException>().With.Message.Contains(reason)
        );
}
