using RotationMesh.Operations.Http;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Access;

public sealed class WhenTokensAreNeeded
{
    private Tokens tokens = null!;
    private SampleSite site = null!;
    private ApiServer server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        tokens = new Tokens();
        site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        server = await ApiServer.StartAsync(site, tokens.File, workers: 0);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await server.DisposeAsync();
        await site.DisposeAsync();
        tokens.Dispose();
    }

    [TestCase("GET", "/v1/rotations")]
    [TestCase("POST", "/v1/rotations")]
    [TestCase("GET", "/v1/rotations/latest/events")]
    [TestCase("POST", "/v1/dry-run")]
    [TestCase("GET", "/v1/keys")]
    [TestCase("POST", "/v1/keys/retirement")]
    [TestCase("GET", "/v1/audit")]
    [TestCase("GET", "/v1/audit/verification")]
    [TestCase("GET", "/v1/audit/export")]
    [TestCase("GET", "/v1/rotations/latest/report")]
    public async Task Nobody_gets_in_without_one(string method, string path)
    {
        using var caller = new Caller(server.Address);
        var answer = await caller.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.That(answer.IsProblem(401), Is.EqualTo("a token is needed"));
    }

    [Test]
    public async Task A_wrong_one_does_not_help()
    {
        using var caller = new Caller(server.Address, BearerToken.Create());
        Assert.That(
            (await caller.GetAsync("/v1/rotations")).IsProblem(401),
            Is.EqualTo("the token is not known here")
        );
    }

    [Test]
    public async Task The_hash_is_no_token()
    {
        var hash = Convert.ToHexStringLower(BearerToken.HashOf(tokens.Operator));
        foreach (var token in (string[])[hash, $"sha256:{hash}", "otto", new string('x', 2000)])
        {
            using var caller = new Caller(server.Address, token);
            (await caller.GetAsync("/v1/rotations")).IsProblem(401);
        }
    }

    [TestCase("/v1/rotations", Caller.SomeOrder)]
    [TestCase("/v1/rotations/latest/steering", """{ "steering": "Cancel" }""")]
    [TestCase("/v1/dry-run", Caller.SomeOrder)]
    [TestCase("/v1/verification", "{}")]
    [TestCase("/v1/keys/retirement", """{ "version": 1 }""")]
    [TestCase("/v1/workers/pause", "{}")]
    [TestCase("/v1/workers/resume", "{}")]
    public async Task A_viewer_can_t_do_what_operators_do(string path, string body)
    {
        using var caller = new Caller(server.Address, tokens.Viewer);
        (await caller.PostAsync(path, body)).IsProblem(403);
    }

    [Test]
    public async Task A_viewer_may_look()
    {
        using var caller = new Caller(server.Address, tokens.Viewer);
        foreach (var path in (string[])["/v1/rotations", "/v1/keys", "/v1/doctor", "/v1/audit/verification"])
            Assert.That((await caller.GetAsync(path)).Status, Is.EqualTo(200), path);
    }

    [Test]
    public async Task A_rotation_is_asked_for_by_the_name_of_the_token_whatever_the_caller_says()
    {
        using var caller = new Caller(server.Address, tokens.Operator);
        var started = await caller.PostAsync(
            "/v1/rotations",
            """{ "rows": { "only": ["connectors"] }, "requestedBy": "somebody else" }"""
        );
        var rotation = await caller.GetAsync($"/v1/rotations/{(string)started.Json["rotationId"]!}");
        Assert.That((string)rotation.Json["requestedBy"]!, Is.EqualTo("otto"));
    }
}
