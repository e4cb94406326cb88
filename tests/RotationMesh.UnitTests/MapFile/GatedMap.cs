namespace RotationMesh.UnitTests.MapFile;

/// <summary>A map with every kind of gate, and post-checks; tests count on its lines.</summary>
internal static class GatedMap
{
    public const string Gates = """
        gates:
          workers:
            - bullmq:
                redis: redis://app:correct-horse@cache:6380/2
                queues: [sync-connector, alerts]
            - bullmq: { redis: "rediss://:correct-horse@cluster-a,cluster-b:7000", prefix: "{bull}", queues: [alerts], drainTimeout: 5m, caFile: /etc/ca.pem }
            - rabbitmq:
                management: https://watch:correct-horse@broker:15671
                vhost: app
                queues: [tasks]
            - postgres: { applicationName: [csuite-worker, csuite-cron] }
            - http:
                url: https://app/health?token=correct-horse
                pointer: /workers/paused
                value: true
                header: { name: Authorization, value: Bearer correct-horse }
                timeout: 500ms
            - command: { run: [/usr/local/bin/rests, --token, correct-horse], timeout: 3s }
            - kubernetes: { deployment: csuite-worker, namespace: csuite }
          snapshot: { maxAge: 24h, pgbackrest: { stanza: main } }
        postChecks:
          - name: export
            url: http://app/exports/demo?key=correct-horse
            pointer: /export/state
            value: done
            header: { name: X-Key, value: correct-horse }
            timeout: 45s
          - { name: connector.health, url: http://app/health, status: 204 }
        """;

    public const string Yaml = Maps.Small + "\n" + Gates;

    /// <summary>Line of the file at which the gates begin.</summary>
    public static int FirstLine { get; } = Maps.Small.Split('\n').Length + 1;

    /// <summary>The map with one piece of its gates replaced; the piece stands in them once.</summary>
    public static string Spoiled(string piece, string replacement)
    {
        var start = Gates.IndexOf(piece, StringComparison.Ordinal);
        if (start < 0 || Gates.IndexOf(piece, start + 1, StringComparison.Ordinal) >= 0)
            throw new ArgumentException($"'{piece}' does not stand in the gates exactly once");
        return Maps.Small + "\n" + Gates.Replace(piece, replacement, StringComparison.Ordinal);
    }
}
