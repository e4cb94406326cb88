using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.UnitTests.Databases;

/// <summary>An envelope is found inside texts that are written in digits themselves, between joined words, and in lines.</summary>
public sealed class WrittenFormsTests
{
    // 64 bytes have two signs of padding, and 128 digits of hex.
    private static readonly byte[] Envelope = SHA512.HashData("an envelope"u8);
    private static readonly string Digits = Convert.ToBase64String(Envelope);
    private static readonly string Unpadded = Digits.TrimEnd('=');
    private static readonly string Hex = Convert.ToHexStringLower(Envelope);

    [TestCase("{0}")]
    [TestCase("{{\"t\":\"{0}\"}}")]
    [TestCase("{{\"имя\":\"Мюллер\",\"t\":\"{0}\"}}")]
    [TestCase("{{\"t\":\"a line\\n{0}\\nand another\"}}")]
    [TestCase("a:1:{{s:5:\"token\";s:88:\"{0}\";}}")]
    [TestCase("token={1}")]
    [TestCase("\ttoken: {1}\r\n")]
    public void In_a_text_that_stands_in_base64_or_hex_it_is_found(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(Filled(text));
        var base64 = Convert.ToBase64String(bytes);
        var url = Url(base64);

        Assert.Multiple(() =>
        {
            AssertFound(base64);
            AssertFound($"eyJhbGciOiJIUzI1NiJ9.{url}.c2lnbmF0dXJl");
            AssertFound($"sess_{url}");
            AssertFound($"{{\"payload\":\"{base64}\"}}");
            AssertFound($"stored a job\n{Lines(base64, 76)}\nfor a user");
            AssertFound(Convert.ToHexStringLower(bytes));
            AssertFound($@"\x{Convert.ToHexStringLower(bytes)}");
        });
    }

    [Test]
    public void In_a_binary_message_that_stands_in_base64_it_is_found()
    {
        byte[] message = [0x0A, 0xFF, 0x58, .. Encoding.ASCII.GetBytes($" {Digits} "), 0x18, 0x01];

        AssertFound(Convert.ToBase64String(message));
    }

    [Test]
    public void Beside_a_digest_in_a_binary_message_that_stands_in_base64_it_is_found()
    {
        // A seventh of its bytes are no letters, so that all of it may be an envelope too.
        byte[] digest = [.. Enumerable.Range(0, 32).Select(at => (byte)(at * 37 + 131))];
        byte[] message = [0x0A, .. digest, 0x12, 0x58, .. Encoding.ASCII.GetBytes(Digits), 0x18, 0x01];

        Assert.That(EnvelopeLook.IsPossible(message), Is.True, "what is to be found is beside it");
        AssertFound(Convert.ToBase64String(message));
    }

    [Test]
    public void What_is_written_so_more_than_three_times_over_is_not_looked_into()
    {
        var text = Digits;
        for (var times = 1; times <= 3; times++)
        {
            text = Again(text);
            AssertFound(text);
        }

        Assert.That(EnvelopeForms.Of(Again(text)).Select(form => form.Raw), Has.None.EqualTo(Envelope));

        static string Again(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
    }

    [TestCase("enc_v1_{1}")]
    [TestCase("v1-{1}")]
    [TestCase("key/{1}")]
    [TestCase("key/0x{1}")]
    [TestCase("{1}_v1")]
    [TestCase("a token tok_{1}_v1 of a user")]
    [TestCase("tok_{2}_v1")]
    [TestCase("a token tok_{2}_v1 of a user")]
    [TestCase("-----BEGINX-----{2}-----ENDX-----")]
    [TestCase("a token {2}-Prod2 of a user")]
    public void Between_words_that_are_joined_to_it_it_is_found(string text) => AssertFound(Filled(text));

    [TestCase("stored token\n{0}\nfor a user", 76)]
    [TestCase("stored token\r\n{0}\r\nfor a user\r\n", 64)]
    [TestCase("token\n{0}\nafter it", 22)]
    [TestCase("token: |\n{0}\nother: value", 32)]
    [TestCase("-----BEGINX-----\n{0}\n-----ENDX-----", 64)]
    public void In_lines_with_others_around_them_it_is_found(string text, int width)
    {
        Assert.Multiple(() =>
        {
            foreach (var digits in (string[])[Digits, Unpadded, Url(Digits), Hex])
            {
                AssertFound(string.Format(CultureInfo.InvariantCulture, text, Lines(digits, width)));
                AssertFound(
                    string.Format(
                        CultureInfo.InvariantCulture,
                        text,
                        $"  {Lines(digits, width).Replace("\n", "\n  ", StringComparison.Ordinal)}"
                    )
                );
            }
        });
    }

    [TestCase("Some words that were written down, and nothing else: a remark of a person about the weather.")]
    [TestCase(
        "{{\"sub\":\"0b8f5f0e-6f2c-4c59-9d0c-0f4ae7f6b9a1\",\"scope\":\"openid profile email\",\"exp\":1}}"
    )]
    public void A_text_without_one_that_stands_in_base64_or_hex_holds_none(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(Filled(text));

        Assert.That(EnvelopeForms.Of(Convert.ToBase64String(bytes)), Is.Empty);
        Assert.That(EnvelopeForms.Of(Convert.ToHexStringLower(bytes)), Is.Empty);
    }

    // Each form is tried with every tenant and key: that is what a scan costs.
    [TestCase("{0}", 2.3)]
    [TestCase("Bearer {0}", 2.3)]
    [TestCase("sent {0} to somebody", 1.8)]
    [TestCase("sent\n{0}\nto somebody", 3.6)]
    public void A_random_token_has_few_forms(string text, double most)
    {
        var forms = Enumerable
            .Range(0, 1_000)
            .Select(n => SHA512.HashData(BitConverter.GetBytes(n)))
            .Sum(token =>
                EnvelopeForms
                    .Of(string.Format(CultureInfo.InvariantCulture, text, Convert.ToBase64String(token)))
                    .Count()
            );

        Assert.That(forms / 1_000.0, Is.InRange(1, most));
    }

    [TestCase(
        "https://example.org/Blog/2026/My-Great-Article-About-Something/And-More-Words/A-Long-Title",
        8
    )]
    [TestCase("see https://example.org/Users/Ada/Documents/Some-Project_Name/Final-Version_2 for more", 4)]
    [TestCase(
        "an ordinary remark, /var/lib/application/data/2026/11/28/some-long-name-of-a-file.json and all",
        0
    )]
    public void An_address_is_not_cut_on_both_sides(string text, int most) =>
        Assert.That(EnvelopeForms.Of(text).Count(), Is.LessThanOrEqualTo(most));

    private static void AssertFound(string text) =>
        Assert.That(
            ValueLeaves
                .Of(text)
                .SelectMany(leaf => EnvelopeForms.Of(leaf.Text))
                .Any(form => form.Raw.AsSpan().SequenceEqual(Envelope)),
            text
        );

    private static string Filled(string text) =>
        string.Format(CultureInfo.InvariantCulture, text, Digits, Hex, Url(Digits));

    private static string Url(string digits) => digits.TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Lines(string digits, int width) =>
        string.Join('\n', digits.Chunk(width).Select(line => new string(line)));
}
