using System.Text;
using RotationMesh.ExternalStore;

namespace RotationMesh.UnitTests.External;

public sealed class EncryptedDocumentTests
{
    [TestCase("""{"encrypted":"abc"}""", "abc", """{"encrypted":"NEW/+="}""")]
    [TestCase(
        "\uFEFF { \"a\": [1, {\"encrypted\": \"x\"}],\n\t\"encrypted\" : \"abc\" , \"z\": 1e5 }\n",
        "abc",
        "\uFEFF { \"a\": [1, {\"encrypted\": \"x\"}],\n\t\"encrypted\" : \"NEW/+=\" , \"z\": 1e5 }\n"
    )]
    [TestCase(
        """{"note":"\"encrypted\":\"no\"","encrypted":"a\/b\u002b","é":"ü"}""",
        "a/b+",
        """{"note":"\"encrypted\":\"no\"","encrypted":"NEW/+=","é":"ü"}"""
    )]
    [TestCase("""{"encrypted":""}""", "", """{"encrypted":"NEW/+="}""")]
    public void Only_the_envelope_is_replaced(string document, string envelope, string made)
    {
        var read = EncryptedDocument.Read(Encoding.UTF8.GetBytes(document))!;

        Assert.That(Encoding.UTF8.GetString(read.Envelope), Is.EqualTo(envelope));
        Assert.That(Encoding.UTF8.GetString(read.With("NEW/+="u8)), Is.EqualTo(made));
    }

    [TestCase("")]
    [TestCase("no json")]
    [TestCase("[]")]
    [TestCase("\"encrypted\"")]
    [TestCase("{}")]
    [TestCase("""{"nested":{"encrypted":"abc"}}""")]
    [TestCase("""{"encrypted":null}""")]
    [TestCase("""{"encrypted":{"iv":"a"}}""")]
    [TestCase("""{"encrypted":"abc","encrypted":"def"}""")]
    [TestCase("""{"encrypted":"abc"} {}""")]
    [TestCase("""{"encrypted":"abc" """)]
    [TestCase("""{"encrypted":"\ud800"}""")]
    public void Anything_else_is_no_document(string document) =>
        Assert.That(EncryptedDocument.Read(Encoding.UTF8.GetBytes(document)), Is.Null);
}
