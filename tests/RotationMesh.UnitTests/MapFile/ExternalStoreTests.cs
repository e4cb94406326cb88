using RotationMesh.Core.Map;

namespace RotationMesh.UnitTests.MapFile;

public sealed class ExternalStoreTests
{
    private const string Map = """
        databases: { app: { connectionString: Host=db } }
        formats: { aead: { kind: hkdf-aes-256-gcm, salt: s, info: "{tenant}:{context}" } }
        scopes:
          knowledge:
            - table: entries
              key: id
              tenant: tenantId
              version: v
              external: "content = 'x'"
              externalStore:
                s3:
                  bucket: knowledge
                  key: storage_key
                  endpoint: http://minio:9000
                  region: eu-central-1
              columns: { content: { format: aead, context: c } }
        """;

    [Test]
    public void A_store_is_read_completely()
    {
        var store = MapFolder.Read(Map).Tables.Single().ExternalStore!;

        Assert.Multiple(() =>
        {
            Assert.That(store.Bucket, Is.EqualTo("knowledge"));
            Assert.That(store.Key.Name, Is.EqualTo("storage_key"));
            Assert.That(store.Column, Is.Zero);
            Assert.That(store.Endpoint, Is.EqualTo(new Uri("http://minio:9000")));
            Assert.That(store.Region, Is.EqualTo("eu-central-1"));
        });
    }

    [TestCase("external: \"content = 'x'\"\n", "versionWhenNull: 1\n", 10, "needs the key 'external'")]
    [TestCase("s3:", "s4:", 11, "unknown key 's4'", "'s3'")]
    [TestCase("bucket: knowledge", "bucket: Know_ledge", 12, "not the name of a bucket")]
    [TestCase("key: storage_key", "key: content", 13, "names a column that a rotation changes")]
    [TestCase("key: storage_key", "column: other", 11, "'key' is missing")]
    [TestCase("region: eu", "column: other", 15, "none of the table's encrypted columns")]
    [TestCase("http://minio", "ftp://minio", 14, "not a URL")]
    [TestCase("http://minio", "http://key:secret@minio", 14, "must have no credentials", "AWS_ACCESS_KEY_ID")]
    [TestCase(
        "columns: { content",
        "columns: { other: { format: aead, context: c }, content",
        11,
        "does not say whose value",
        "column:"
    )]
    public void A_wrong_store_is_refused_with_its_line(
        string piece,
        string replacement,
        int line,
        params string[] words
    )
    {
        var refusal = MapFolder.Refusal(Map.Replace(piece, replacement, StringComparison.Ordinal));

        Assert.That(refusal, Does.StartWith($"rotation.yaml:{line}: "));
        foreach (var word in words)
            Assert.That(refusal, Does.Contain(word));
        Assert.That(refusal, Does.Not.Contain("secret"));
    }

    [Test]
    public void What_is_rotated_and_where_it_is_change_the_hash_of_the_map()
    {
        var hash = MapHash.Of(MapFolder.Read(Map));

        foreach (
            var (piece, other) in new[]
            {
                ("http://minio", "http://other"),
                ("bucket: knowledge", "bucket: other"),
                ("storage_key", "object_key"),
            }
        )
            Assert.That(
                MapHash.Of(MapFolder.Read(Map.Replace(piece, other, StringComparison.Ordinal))),
                Is.Not.EqualTo(hash),
                piece
            );
    }
}
