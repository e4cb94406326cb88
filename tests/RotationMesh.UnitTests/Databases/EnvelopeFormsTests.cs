using System.Security.Cryptography;
using System.Text;
using RotationMesh.Tables.Scanning.Values;

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

    [Test]
    public void An_envelope_in_the_line_after_a_file_is_found()
    {
        byte[] file = [.. Convert.FromHexString("89504e470d0a1a0a"), .. Random[..2_998]]; // without padding at its end
        var envelope = RandomNumberGenerator.GetBytes(64);

        var forms = EnvelopeForms.Of($"{Convert.ToBase64String(file)}\n{Convert.ToBase64String(envelope)}");

        Assert.That(forms.Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }

    [TestCase("{\"name\":\"Müller\",\"token\":\"", "\"}")]
    [TestCase("\ttoken: ", "\r\n")]
    [TestCase("\u0008\u0012\u0058", "\u0018\u0001")]
    public void An_envelope_in_the_text_of_bytes_that_are_not_all_ASCII_is_found(string before, string after)
    {
        var envelope = RandomNumberGenerator.GetBytes(64);
        var bytes = Encoding.UTF8.GetBytes(before + Convert.ToBase64String(envelope) + after);

        Assert.That(EnvelopeForms.Of(bytes).Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }

    [Test]
    public void An_envelope_in_the_text_of_bytes_that_are_no_text_as_a_whole_is_found()
    {
        var envelope = RandomNumberGenerator.GetBytes(64);
        byte[] bytes =
        [
            0xFF,
            0x12,
            .. Encoding.ASCII.GetBytes($" {Convert.ToBase64String(envelope)} "),
            0xFE,
        ];

        Assert.That(EnvelopeForms.Of(bytes).Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }

    [TestCase(1, 31)]
    [TestCase(4, 28)]
    [TestCase(4, 60)]
    [TestCase(8, 40)]
    public void An_envelope_behind_a_version_is_found_whatever_the_length_of_both(int version, int length)
    {
        var envelope = RandomNumberGenerator.GetBytes(Math.Max(length, EnvelopeLook.Shortest));
        byte[] bytes = [.. new byte[version - 1], 1, .. envelope];

        Assert.That(EnvelopeForms.Of(bytes).Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }

    [Test]
    public void An_envelope_with_escapes_of_JSON_in_the_line_of_a_log_is_found()
    {
        byte[] envelope;
        string digits;
        do
        {
            envelope = RandomNumberGenerator.GetBytes(64);
            digits = Convert.ToBase64String(envelope);
        } while (!digits.Contains('+', StringComparison.Ordinal));
        var line =
            $"[12:00:00 INF] sent {{\"token\":\"{digits.Replace("+", @"\u002B", StringComparison.Ordinal)}\"}}";

        var forms = ValueLeaves.Of(line).SelectMany(leaf => EnvelopeForms.Of(leaf.Text));

        Assert.That(forms.Select(form => form.Raw), Has.Some.EqualTo(envelope));
    }
}
