using k8s;

namespace RotationMesh.GateTests.Others;

/// <summary>Against the wire format of the API: GET /apis/apps/v1/namespaces/{namespace}/deployments/{name}.</summary>
public sealed class KubernetesGateTests
{
    private const string Token = "correct-horse";
    private const string Gate = "kubernetes: { deployment: csuite-worker, namespace: csuite }";

    [TestCase(4, 4, """ "replicas": 0 """, true)]
    [TestCase(4, 4, """ "replicas": 0, "terminatingReplicas": 0 """, true)]
    [TestCase(
        4,
        4,
        """ "replicas": 2, "unavailableReplicas": 2 """,
        false,
        "has 2 replicas, 0 of them ready",
        TestName = "Replicas_that_are_not_ready_may_write"
    )]
    [TestCase(
        4,
        4,
        """ "replicas": 3, "readyReplicas": 3 """,
        false,
        "has 3 replicas, 3 of them ready",
        TestName = "Ready_replicas_may_write"
    )]
    [TestCase(
        4,
        4,
        """ "replicas": 0, "terminatingReplicas": 1 """,
        false,
        "1 of its replicas still terminate",
        TestName = "Replicas_that_terminate_may_write"
    )]
    [TestCase(5, 4, """ "replicas": 0 """, false, "older than its specification")]
    public async Task Replicas_of_a_current_status_decide(
        int generation,
        int observed,
        string status,
        bool holds,
        params string[] words
    )
    {
        using var server = LocalServer.Answering(request =>
            request.Url!.AbsolutePath == "/apis/apps/v1/namespaces/csuite/deployments/csuite-worker"
            && request.Headers["Authorization"] == $"Bearer {Token}"
                ? (200, Deployment(generation, observed, status))
                : (404, "{}")
        );

        var verdict = await LookAsync(server.Url);

        if (holds)
            verdict.AssertHolds();
        else
            verdict.AssertLost(["Deployment csuite/csuite-worker", .. words]);
    }

    [Test]
    public async Task An_api_that_refuses_is_away_or_silent_does_not_hold()
    {
        using var refusing = LocalServer.Answering(
            403,
            $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"{{Token}}","code":403}"""
        );
        using var silent = LocalServer.Silent();
        var gone = LocalServer.Answering(200);
        gone.Dispose();

        var refused = await LookAsync(refusing.Url);
        refused.AssertLost("status 403");
        Assert.That(refused.ToString(), Does.Not.Contain(Token));
        (await LookAsync(gone.Url)).AssertLost("cannot be reached");
        (await LookAsync(silent.Url)).AssertLost("did not answer within 2 s");
    }

    private static Task<Core.Gates.GateVerdict> LookAsync(string url) =>
        Looks.AtWorkersAsync(Gate, new KubernetesClientConfiguration { Host = url, AccessToken = Token });

    private static string Deployment(int generation, int observed, string status) =>
        $$"""
            {
              "kind": "Deployment",
              "apiVersion": "apps/v1",
              "metadata": {
                "name": "csuite-worker",
                "namespace": "csuite",
                "uid": "6f0a3f0e-6a43-4d0e-9f5f-2f5a4d0c9b11",
                "resourceVersion": "812",
                "generation": {{generation}},
                "creationTimestamp": "2026-11-01T08:00:00Z"
              },
              "spec": { "replicas": 0, "selector": { "matchLabels": { "app": "worker" } }, "template": { "metadata": {}, "spec": { "containers": [] } } },
              "status": { "observedGeneration": {{observed}}, {{status}} }
            }
            """;
}
