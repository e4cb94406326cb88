namespace RotationMesh.UnitTests.MapFile;

/// <summary>Each case spoils a gate in one place; lines are counted from the section's own.</summary>
public sealed class GateFaultTests
{
    [TestCase("  snapshot:", "  snapshots:", 19, "unknown key 'snapshots' in gates", "'snapshot'")]
    [TestCase("- kubernetes:", "- kubernets:", 18, "unknown key 'kubernets'", "'kubernetes'")]
    [TestCase(
        "        queues: [sync-connector, alerts]",
        "        queue: [a]",
        4,
        "unknown key 'queue'",
        "'queues'"
    )]
    [TestCase(
        "        queues: [sync-connector, alerts]",
        "",
        2,
        "'queues' is missing in gates.workers.bullmq"
    )]
    [TestCase("[sync-connector, alerts]", "[]", 4, "queues is an empty list")]
    [TestCase("[sync-connector, alerts]", "sync-connector", 4, "queues is a single value", "a list")]
    [TestCase("[sync-connector, alerts]", "[a, a]", 4, "names 'a' twice")]
    [TestCase("[sync-connector, alerts]", "['bull:a']", 4, "a colon in its name", "prefix")]
    [TestCase("redis://app:", "http://app:", 3, "redis: the URL's scheme is not redis:// or rediss://")]
    [TestCase("cache:6380/2", "cache:6380/two", 3, "not the number of a Redis database")]
    [TestCase("cache:6380/2", "cache:six/2", 3, "the URL's port")]
    [TestCase("cache:6380/2", ":6380/2", 3, "the URL names no host")]
    [TestCase("cache:6380/2", "cache:6380/2?tls=true", 3, "takes none")]
    [TestCase("drainTimeout: 5m", "drainTimeout: 5", 5, "drainTimeout is not a length of time", "60s")]
    [TestCase("drainTimeout: 5m", "drainTimeout: 0s", 5, "drainTimeout is not a length of time")]
    [TestCase("drainTimeout: 5m", "drainTimeout: 99999999999h", 5, "drainTimeout is not a length of time")]
    [TestCase("https://watch:", "amqp://watch:", 7, "management is not a URL")]
    [TestCase("[csuite-worker, csuite-cron]", "[]", 10, "applicationName is an empty list")]
    [TestCase("applicationName:", "database: ap, applicationName:", 10, "'ap' is not declared", "'app'")]
    [TestCase("        value: true\n", "", 11, "only one of 'pointer' and 'value'")]
    [TestCase("pointer: /workers/paused", "pointer: workers", 13, "pointer is not a JSON pointer")]
    [TestCase("url: https", "status: 99\n        url: https", 12, "status is not a status code")]
    [TestCase("name: Authorization", "name: 'Bad name'", 15, "name is not the name of a header")]
    [TestCase("timeout: 500ms", "timeout: soon", 16, "timeout is not a length of time")]
    [TestCase("run: [/usr/local/bin/rests, --token, correct-horse]", "run: []", 17, "run is an empty list")]
    [TestCase("run: [/usr", "environment: ['A=b'], run: [/usr", 17, "not the name of a variable")]
    [TestCase(
        "run: [/usr",
        "environment: [MASTER_ENCRYPTION_KEY], run: [/usr",
        17,
        "do not leave this process"
    )]
    [TestCase("run: [/usr", "environment: [], run: [/usr", 17, "environment is an empty list")]
    [TestCase("- kubernetes:", "- http: { url: http://a }\n      kubernetes:", 18, "must have one key")]
    [TestCase("maxAge: 24h, ", "", 19, "'maxAge' is missing in gates.snapshot")]
    [TestCase("maxAge: 24h", "maxAge: 24h, file: /b", 19, "pgbackrest and file", "one place")]
    [TestCase("stanza: main", "stanzas: main", 19, "unknown key 'stanzas'", "'stanza'")]
    [TestCase(
        "value: done\n",
        "value: done\n    valu: x\n",
        25,
        "unknown key 'valu' in postChecks",
        "'value'"
    )]
    [TestCase("name: export\n", "status: 200\n", 21, "'name' is missing in postChecks")]
    [TestCase("name: export\n", "name: connector.health\n", 27, "two checks of the name 'connector.health'")]
    [TestCase("name: export\n", "name: an export\n", 21, "letters, digits")]
    [TestCase("url: http://app/exports", "url: ftp://app/exports", 22, "url is not a URL")]
    [TestCase("    value: done\n", "", 21, "only one of 'pointer' and 'value'")]
    [TestCase("timeout: 45s", "timeout: 45", 26, "timeout is not a length of time")]
    public void A_wrong_gate_is_refused_with_its_line(
        string piece,
        string replacement,
        int offset,
        params string[] words
    )
    {
        var refusal = MapFolder.Refusal(GatedMap.Spoiled(piece, replacement));

        Assert.That(refusal, Does.StartWith($"rotation.yaml:{GatedMap.FirstLine + offset}: "));
        foreach (var word in words)
            Assert.That(refusal, Does.Contain(word));
        Assert.That(refusal, Does.Not.Contain(Maps.Password).And.Not.Contains("\n"));
    }

    [TestCase("gates: { workers: [] }", "gates.workers is an empty list")]
    [TestCase("gates: { workers: [bullmq] }", "gates.workers is a single value")]
    [TestCase("gates: { workers: [{}] }", "must have one key")]
    [TestCase("gates: { workers: { bullmq: x } }", "gates.workers has keys of its own", "a list")]
    [TestCase("gates: { keys: { workers: 0 } }", "gates.keys.workers is not a positive integer")]
    [TestCase("gates: { keys: {} }", "'workers' is missing in gates.keys")]
    [TestCase("gates: { snapshot: 24h }", "gates.snapshot is a single value")]
    [TestCase("gates: { snapshot: { maxAge: \"${\" } }", "does not begin a variable")]
    [TestCase(
        "gates: { workers: [{ bullmq: { redis: \"${\", queues: [a] } }] }",
        "does not begin a variable"
    )]
    [TestCase("gates: { workers: [{ bullmq: { redis: [x], queues: [a] } }] }", "redis is a list")]
    public void A_wrong_section_is_refused(string gates, params string[] words)
    {
        var refusal = MapFolder.Refusal(Maps.Small + "\n" + gates);

        Assert.That(refusal, Does.StartWith($"rotation.yaml:{GatedMap.FirstLine}: "));
        foreach (var word in words)
            Assert.That(refusal, Does.Contain(word));
    }
}
