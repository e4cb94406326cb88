using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.UnitTests.MapFile;

public sealed class GateReadingTests
{
    private static readonly IReadOnlyList<GateEntry> Gates = MapFolder.Read(GatedMap.Yaml).Gates;

    [Test]
    public void Gates_are_named_by_kind_and_numbered_from_the_second_on() =>
        Assert.That(
            Gates.Select(gate => $"{gate.Section}/{gate.Name}"),
            Is.EqualTo([
                "workers/bullmq",
                "workers/bullmq-2",
                "workers/rabbitmq",
                "workers/postgres",
                "workers/http",
                "workers/command",
                "workers/kubernetes",
                "snapshot/snapshot",
            ])
        );

    [Test]
    public void A_redis_url_is_read_into_its_parts()
    {
        var gate = Gates.OfType<BullMqEntry>().First();
        var redis = gate.Redis.Value;

        Assert.Multiple(() =>
        {
            Assert.That(redis.Nodes, Is.EqualTo([("cache", 6380)]));
            Assert.That((redis.User, redis.Password), Is.EqualTo(("app", "correct-horse")));
            Assert.That((redis.Database, redis.Tls), Is.EqualTo((2, false)));
            Assert.That(gate.Prefix, Is.EqualTo("bull"));
            Assert.That(gate.Queues, Is.EqualTo(["sync-connector", "alerts"]));
            Assert.That(gate.DrainTimeout, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That(gate.CaFile, Is.Null);
        });
    }

    [Test]
    public void A_cluster_has_several_nodes_and_a_hash_tag()
    {
        var gate = Gates.OfType<BullMqEntry>().Last();

        Assert.Multiple(() =>
        {
            Assert.That(gate.Redis.Value.Nodes, Is.EqualTo([("cluster-a", 6379), ("cluster-b", 7000)]));
            Assert.That(gate.Redis.Value.Tls, Is.True);
            Assert.That(gate.Redis.Value.User, Is.Null);
            Assert.That(gate.Prefix, Is.EqualTo("{bull}"));
            Assert.That(gate.DrainTimeout, Is.EqualTo(TimeSpan.FromMinutes(5)));
            Assert.That(gate.CaFile, Is.EqualTo("/etc/ca.pem"));
        });
    }

    [Test]
    public void The_other_kinds_are_read_completely()
    {
        var http = Gates.OfType<HttpEntry>().Single().Expectation;
        var command = Gates.OfType<CommandEntry>().Single().Run;

        Assert.Multiple(() =>
        {
            Assert.That(Gates.OfType<RabbitMqEntry>().Single().VirtualHost, Is.EqualTo("app"));
            Assert.That(Gates.OfType<RabbitMqEntry>().Single().Queues, Is.EqualTo(["tasks"]));
            Assert.That(Gates.OfType<PostgresEntry>().Single().Database, Is.EqualTo("app"));
            Assert.That(
                Gates.OfType<PostgresEntry>().Single().Applications,
                Is.EqualTo(["csuite-worker", "csuite-cron"])
            );
            Assert.That(
                (http.Status, http.JsonPointer, http.Value),
                Is.EqualTo((200, "/workers/paused", "true"))
            );
            Assert.That(http.Header!.Value.Value, Is.EqualTo("Bearer correct-horse"));
            Assert.That(http.Timeout, Is.EqualTo(TimeSpan.FromMilliseconds(500)));
            Assert.That(command.Program, Is.EqualTo("/usr/local/bin/rests"));
            Assert.That(command.Arguments, Is.EqualTo(["--token", Maps.Password]));
            Assert.That(
                Gates.OfType<KubernetesEntry>().Select(gate => (gate.Namespace, gate.Deployment)),
                Is.EqualTo([("csuite", "csuite-worker")])
            );
            Assert.That(
                Gates.OfType<SnapshotEntry>().Single(),
                Is.EqualTo(
                    new SnapshotEntry(GatedMap.FirstLine + 19)
                    {
                        MaxAge = TimeSpan.FromHours(24),
                        Source = new PgBackRestSource("main"),
                    }
                )
            );
        });
    }

    [Test]
    public void The_gate_of_the_workers_keys_is_read() =>
        Assert.That(
            MapFolder.Read(Maps.Small + "\ngates: { keys: { workers: 3 } }").Gates,
            Is.EqualTo([new KeysEntry(GatedMap.FirstLine) { AtLeast = 3 }])
        );

    [Test]
    public void Post_checks_are_read_completely()
    {
        var checks = MapFolder.Read(GatedMap.Yaml).PostChecks;
        var (export, health) = (checks[0].Expectation, checks[1].Expectation);

        Assert.Multiple(() =>
        {
            Assert.That(checks.Select(check => check.Name), Is.EqualTo(["export", "connector.health"]));
            Assert.That(
                (export.Status, export.JsonPointer, export.Value),
                Is.EqualTo((200, "/export/state", "done"))
            );
            Assert.That(export.Header!.Value.Value, Is.EqualTo(Maps.Password));
            Assert.That(export.Timeout, Is.EqualTo(TimeSpan.FromSeconds(45)));
            Assert.That((health.Status, health.JsonPointer), Is.EqualTo((204, default(string))));
            Assert.That(health.Timeout, Is.EqualTo(TimeSpan.FromSeconds(30)));
        });
    }

    [Test]
    public void Nothing_of_a_gate_or_post_check_prints_a_secret() =>
        Assert.That(
            string.Join('\n', [.. Gates, .. MapFolder.Read(GatedMap.Yaml).PostChecks]),
            Does.Not.Contain(Maps.Password)
        );

    [Test]
    public void A_missing_variable_of_an_address_is_told_when_the_address_is_needed()
    {
        var map = MapFolder.Read(
            Maps.Small + "\ngates:\n  workers:\n  - bullmq: { redis: \"${REDIS_URL}\", queues: [a] }"
        );

        var fault = Assert.Throws<UsageException>(() =>
            _ = map.Gates.OfType<BullMqEntry>().Single().Redis.Value
        );
        Assert.That(fault.Message, Does.EndWith("rotation.yaml:21: the variable REDIS_URL is not set"));
    }

    [Test]
    public void Secrets_and_addresses_do_not_change_the_hash_of_the_map_and_what_is_asked_for_does()
    {
        var hash = MapHash.Of(MapFolder.Read(GatedMap.Yaml));
        var elsewhere = GatedMap
            .Yaml.Replace(Maps.Password, "other", StringComparison.Ordinal)
            .Replace("@cache", "@elsewhere", StringComparison.Ordinal);

        Assert.That(MapHash.Of(MapFolder.Read(elsewhere)), Is.EqualTo(hash));
        foreach (
            var (piece, other) in new[]
            {
                ("[tasks]", "[others]"),
                ("{bull}", "{other}"),
                ("maxAge: 24h", "maxAge: 25h"),
                ("deployment: csuite-worker", "deployment: other"),
                ("/export/state", "/export/outcome"),
                ("status: 204", "status: 200"),
            }
        )
            Assert.That(
                MapHash.Of(MapFolder.Read(GatedMap.Spoiled(piece, other))),
                Is.Not.EqualTo(hash),
                piece
            );
    }
}
