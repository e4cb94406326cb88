using RotationMesh.Api;

namespace RotationMesh.ApiTests.Faults;

public sealed class WhenARequestIsWrong : OpenServer
{
    [TestCase("/v1/rotations/latest")]
    [TestCase("/v1/rotations/6f2f9a7e-0000-7000-8000-000000000000")]
    [TestCase("/v1/rotations/6f2f9a7e-0000-7000-8000-000000000000/events")]
    [TestCase("/v1/rotations/6f2f9a7e-0000-7000-8000-000000000000/failures")]
    [TestCase("/v1/rotations/not-an-id")]
    [TestCase("/v1/rotations/..%2f..%2fetc%2fpasswd")]
    [TestCase("/v1/nothing")]
    public async Task What_is_not_there_is_not_found(string path) =>
        (await Caller.GetAsync(path)).IsProblem(404);

    [Test]
    public async Task An_unknown_rotation_can_t_be_controlled() =>
        (
            await Caller.PostAsync(
                "/v1/rotations/6f2f9a7e-0000-7000-8000-000000000000/steering",
                """{ "steering": "Pause" }"""
            )
        ).IsProblem(404);

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("\"rotate\"")]
    [TestCase("{} {}")]
    [TestCase("\u0000\u0001")]
    [TestCase("""{ "rows": null }""")]
    [TestCase("""{ "rows": { "tenants": "acme" } }""")]
    [TestCase("""{ "rows": { "tenants": [null] } }""")]
    [TestCase("""{ "batchSize": "many" }""")]
    [TestCase("""{ "batchSize": 99999999999999999999 }""")]
    [TestCase("""{ "allowDowngrade": true, "allowDowngrade": false }""")]
    public async Task Garbage_is_no_order(string body) =>
        (await Caller.PostAsync("/v1/rotations", body)).IsProblem(400);

    [Test]
    public async Task A_misspelt_name_is_refused_and_not_overlooked()
    {
        var answer = await Caller.PostAsync("/v1/rotations", """{ "rows": { "tenant": ["acme"] } }""");
        Assert.That(answer.IsProblem(400), Does.Contain("$.rows.tenant"));
    }

    [Test]
    public async Task Deep_nesting_is_refused() =>
        (await Caller.PostAsync("/v1/rotations", $$"""{ "rows": {{new string('[', 50_000)}} }""")).IsProblem(
            400
        );

    [Test]
    public async Task An_oversized_body_is_refused()
    {
        var body = $$"""{ "rows": { "tenants": ["{{new string('x', 1 << 20)}}"] } }""";
        (await RefusedAsync(() => Caller.PostAsync("/v1/rotations", body))).IsProblem(413);
    }

    [Test]
    public async Task An_oversized_body_that_does_not_tell_its_size_is_refused()
    {
        var answer = await RefusedAsync(() =>
        {
            // A byte more than allowed: of a body of many more, a busy client is told of a broken pipe each time.
            var content = new StreamContent(new EndlessText(ApiLimits.LargestBody + 1));
            content.Headers.ContentType = new("application/json");
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rotations") { Content = content };
            request.Headers.TransferEncodingChunked = true;
            return Caller.SendAsync(request);
        });
        answer.IsProblem(413);
    }

    [TestCase("""{ "rows": { "only": ["conectors"] } }""", "connectors")]
    [TestCase("""{ "targetVersion": 9 }""", "no key of version 9")]
    [TestCase("""{ "batchSize": 0 }""", "batch size")]
    public async Task What_the_operator_can_mend_is_told(string body, string message) =>
        Assert.That((await Caller.PostAsync("/v1/rotations", body)).IsProblem(400), Does.Contain(message));

    [Test]
    public async Task A_method_that_is_not_there_is_told()
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/rotations");
        (await Caller.SendAsync(request)).IsProblem(405);
    }

    [Test]
    public async Task A_name_that_can_t_be_shown_is_refused() =>
        Assert.That(
            (await Caller.PostAsync("/v1/rotations", """{ "requestedBy": "ann\u001b[2J" }""")).IsProblem(400),
            Does.Contain("requestedBy")
        );

    // The server may answer and close before all is sent: then the client may or may not get to see the answer.
    private static async Task<Answer> RefusedAsync(Func<Task<Answer>> ask)
    {
        const int Tries = 20;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException) when (attempt < Tries)
            {
                // Asked again.
            }
        }
    }
}
