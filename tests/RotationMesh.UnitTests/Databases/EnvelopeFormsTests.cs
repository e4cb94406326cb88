using System.Security.Cryptography;
using RotationMesh.Postgres.Target.Scanning;

namespace RotationMesh.UnitTests.Databases;

/// <summary>What may be an envelope is found in a text, and no pictures and documents, which nobody could try every key on.</summary>
public sealed class EnvelopeFormsTests
{
    private static readonly byte[] Random = RandomNumberGenerator.GetBytes(3_000);

    [TestCase("89504e470d0a1a0a")]
    [TestCase("ffd8ffe000104a464946000101")]
    [TestCase("ffd8ffe1123445786966000049")]
    [TestCase("474946383961")]
    [TestCase("524946461234567857454250")]
    [TestCase("255044462d312e37")]
    [TestCase("504b03041400")]
    public void A_file_holds_none_as_bytes_in_base64_and_in_lines_of_it(string beginning)
    {
        byte[] file = [.. Convert.FromHexString(beginning), .. Random];
        var text = Convert.ToBase64String(file);
        var lines = string.Join('\n', text.Chunk(76).Select(line => new string(line)));

        Assert.That(EnvelopeForms.Of(file), Is.Empty);
        Assert.That(EnvelopeForms.Of($"data:image/png;base64,{text}"), Is.Empty);
        Assert.That(EnvelopeForms.Of(lines), Is.Empty);
    }

    [Test]
    public void An_envelope_beside_a_file_is_found()
    {
        byte[] file = [.. Convert.FromHexString("89504e470d0a1a0a"), .. Random];
        var envelope = RandomNumberGenerator.GetBytes(64);

        var forms = EnvelopeForms.Of($"{Convert.ToBase64String(file)} {Convert.ToBase64String(envelope)}");

        Assert.That(forms.Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }
}
