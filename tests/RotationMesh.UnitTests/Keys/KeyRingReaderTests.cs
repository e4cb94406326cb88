using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Keys;

public sealed class KeyRingReaderTests
{
    private const string Good = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";
    private const string Older = "70b45ee4fd97d258681d5d00f4adc200d0aa147d4356a4a4";

    [Test]
    public void A_key_without_version_is_version_1()
    {
        using var ring = Read(Good);

        Assert.That(ring.CurrentVersion, Is.EqualTo(1));
        Assert.That(ring.Versions, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Previous_keys_join_the_current_one()
    {
        using var ring = Read(Good, "3", $$"""{ "1": "{{Older}}", "7": "{{Older}}" }""");

        Assert.That(ring.CurrentVersion, Is.EqualTo(3));
        Assert.That(ring.Versions, Is.EqualTo(new[] { 1, 3, 7 }));
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("{}")]
    public void Previous_keys_may_be_none(string json)
    {
        using var ring = Read(Good, "2", json);

        Assert.That(ring.Versions, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void White_space_at_the_ends_of_a_previous_key_is_part_of_it_and_told()
    {
        using var ring = Read(Good, "2", $$"""{ "1": "{{Older}}\n" }""");

        var told = ring.Ambiguities.Single();
        Assert.That(told, Does.StartWith("MASTER_ENCRYPTION_PREVIOUS_KEYS, version 1,"));
        Assert.That(told, Does.Contain($"taken is the key of fingerprint {ring.Keys.First().Fingerprint}"));
        Assert.That(told, Does.Contain(Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(Older))));
    }

    [Test]
    public void A_reading_that_the_application_would_refuse_is_none()
    {
        using var ring = KeyRingReader.Read(
            name => name == KeyRingReader.CurrentKey ? Good : null,
            _ => [new("short", "cut off"), new(Good, "as it is")]
        );

        Assert.That(ring.Ambiguities, Is.Empty);
    }

    [TestCase(null, "MASTER_ENCRYPTION_KEY is not set")]
    [TestCase("", "MASTER_ENCRYPTION_KEY is not set")]
    [TestCase("d87b18c4c9ab5dbf33ad2ef84557ec7", "MASTER_ENCRYPTION_KEY is shorter than 32 characters")]
    [TestCase("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑x", "MASTER_ENCRYPTION_KEY is shorter than 32 characters")]
    public void A_current_key_that_is_missing_or_short_is_refused(string? key, string reason) =>
        Assert.That(Refusal(key), Does.StartWith(reason));

    [TestCase("test")]
    [TestCase("TeSt")]
    [TestCase("demo")]
    [TestCase("EXAMPLE")]
    [TestCase("Password")]
    [TestCase("12345")]
    [TestCase("secret")]
    public void A_key_with_a_word_that_marks_trials_is_refused(string word) =>
        Assert.That(
            Refusal($"d87b18c4c9ab5dbf33ad{word}2ef84557ec7e731ee8"),
            Does.StartWith("MASTER_ENCRYPTION_KEY contains one of the words")
        );

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("1.5")]
    [TestCase("two")]
    [TestCase("0x2")]
    [TestCase("99999999999")]
    public void A_version_that_is_no_positive_integer_is_refused(string version) =>
        Assert.That(
            Refusal(Good, version),
            Is.EqualTo("MASTER_ENCRYPTION_KEY_VERSION is not a positive integer")
        );

    [TestCase("[]")]
    [TestCase("\"text\"")]
    [TestCase("null")]
    [TestCase("{")]
    [TestCase("{\"1\": \"" + Older + "\"")]
    [TestCase("{1: \"" + Older + "\"}")]
    [TestCase("{'1': '" + Older + "'}")]
    public void Previous_keys_that_are_no_json_object_are_refused(string json) =>
        Assert.That(
            Refusal(Good, "2", json),
            Does.StartWith("MASTER_ENCRYPTION_PREVIOUS_KEYS is not a JSON object")
        );

    [TestCase("{\"0\": \"" + Older + "\"}", "has a version that is not a positive integer")]
    [TestCase("{\"-1\": \"" + Older + "\"}", "has a version that is not a positive integer")]
    [TestCase("{\"\": \"" + Older + "\"}", "has a version that is not a positive integer")]
    [TestCase("{\"2\": \"" + Older + "\"}", "names version 2, which is the current version")]
    [TestCase("{\"1\": \"" + Older + "\", \"1\": \"" + Older + "\"}", "names version 1 twice")]
    [TestCase("{\"1\": \"" + Older + "\", \"01\": \"" + Older + "\"}", "names version 1 twice")]
    [TestCase("{\"1\": 5}", "version 1, is not a string")]
    [TestCase("{\"1\": null}", "version 1, is not a string")]
    [TestCase("{\"1\": \"\"}", "version 1, is shorter than 32 characters")]
    [TestCase("{\"1\": \"" + Older + "Secret\"}", "version 1, contains one of the words")]
    [TestCase("{\"1\": \"" + Older + "\\ud800\"}", "version 1, is not valid Unicode text")]
    public void A_previous_key_that_breaks_a_rule_is_refused(string json, string reason)
    {
        var message = Refusal(Good, "2", json);

        Assert.That(message, Does.StartWith("MASTER_ENCRYPTION_PREVIOUS_KEYS").And.Contain(reason));
    }

    private static KeyRing Read(string? key, string? version = null, string? previous = null) =>
        KeyRingReader.Read(
            new Dictionary<string, string?>
            {
                [KeyRingReader.CurrentKey] = key,
                [KeyRingReader.CurrentVersion] = version,
                [KeyRingReader.PreviousKeys] = previous,
            }.GetValueOrDefault
        );

    // Every refusal is looked through for the keys that were given.
    private static string Refusal(string? key, string? version = null, string? previous = null)
    {
        var message = Assert.Throws<UsageException>(() => Read(key, version, previous))!.ToString();
        Assert.That(message, Does.Not.Contain(Good).And.Not.Contain(Older[..8]));
        if (!string.IsNullOrEmpty(key))
            Assert.That(message, Does.Not.Contain(key[..8]));
        return Assert.Throws<UsageException>(() => Read(key, version, previous))!.Message;
    }
}
