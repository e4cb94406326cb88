using System.Text;

namespace RotationMesh.UnitTests.MapFile;

public sealed class DocumentFaultTests
{
    [Test]
    public void A_missing_file_is_refused()
    {
        using var folder = new MapFolder();

        Assert.That(folder.Refusal(), Does.StartWith("rotation.yaml:1: there is no such file"));
    }

    [Test]
    public void A_file_that_cannot_be_read_is_refused()
    {
        using var folder = new MapFolder();
        Directory.CreateDirectory(folder.FilePath);

        Assert.That(folder.Refusal(), Does.StartWith("rotation.yaml:1: the file cannot be read"));
    }

    [Test]
    public void A_file_that_is_not_text_is_refused()
    {
        using var folder = new MapFolder();
        File.WriteAllBytes(folder.FilePath, [.. Encoding.UTF8.GetBytes(Maps.Small), 0xC3, 0x28]);

        Assert.That(folder.Refusal(), Does.StartWith("rotation.yaml:1: the file is not UTF-8 text"));
    }

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("# only a comment\n")]
    [TestCase("---\n")]
    public void An_empty_file_is_refused(string yaml) =>
        Assert.That(MapFolder.Refusal(yaml), Does.StartWith("rotation.yaml:1: the file is empty"));

    [Test]
    public void A_second_document_is_refused_at_its_line() =>
        Assert.That(
            MapFolder.Refusal(Maps.Small + "\n---\ndatabases: {}"),
            Does.StartWith("rotation.yaml:20: a second YAML document begins")
        );

    [TestCase("salt: pinch", "salt: \"pinch", 7)]
    [TestCase("salt: pinch", "\tsalt: pinch", 6)]
    [TestCase("salt: pinch", "salt: pinch: pinch", 7)]
    [TestCase("key: id", "key: [id", 13)]
    public void A_file_that_is_not_yaml_is_refused_near_the_fault(string piece, string replacement, int line)
    {
        var refusal = MapFolder.Refusal(Maps.Spoiled(piece, replacement));

        Assert.That(refusal, Does.Contain("not valid YAML"));
        Assert.That(int.Parse(refusal.Split(':')[1]), Is.InRange(line, line + 1));
    }

    [TestCase("salt: pinch", "salt: pinch\n    salt: pinch", 8)]
    [TestCase("  connectors:\n", "  connectors: []\n  connectors:\n", 11)]
    [TestCase("settings:", "accessToken:", 18)]
    [TestCase("settings:", "'accessToken':", 18)]
    [TestCase("formats:", "databases: {}\nformats:", 4)]
    public void A_key_that_stands_twice_is_refused_at_the_second(
        string piece,
        string replacement,
        int line
    ) => Faults.AssertRefused(piece, replacement, line, "stands twice in one mapping");

    [Test]
    public void An_alias_without_an_anchor_is_refused() =>
        Faults.AssertRefused("salt: pinch", "salt: *seasoning", 7, "no anchor");

    [Test]
    public void An_alias_inside_its_own_anchor_is_refused() =>
        Faults.AssertRefused("salt: pinch", "salt: &seasoning [*seasoning]", 7, "no anchor");

    [Test]
    public void Endless_nesting_is_refused() =>
        Faults.AssertRefused("salt: pinch", "salt: " + new string('[', 100_000), 7, "nested too deep");

    [Test]
    public void A_merge_key_is_refused() =>
        Faults.AssertRefused(
            "{ format: aead, context: tokens }",
            "{ <<: { format: aead }, context: tokens }",
            17,
            "merge keys (<<) are not supported"
        );

    [Test]
    public void A_variable_in_a_key_is_refused() =>
        Faults.AssertRefused("accessToken:", "\"${COLUMN}\":", 17, "a variable stands in a key");

    [TestCase("just text")]
    [TestCase("- a\n- b")]
    public void A_document_without_keys_is_refused(string yaml) =>
        Assert.That(
            MapFolder.Refusal(yaml),
            Does.Match("^rotation.yaml:1: the map is .* it must be keys with values")
        );
}
