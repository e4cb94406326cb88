namespace RotationMesh.ApiTests.Access;

public sealed class WhenThereAreNoTokens : OpenServer
{
    [Test]
    public async Task Whoever_is_on_the_machine_may_ask_and_says_who_it_is()
    {
        var started = await Caller.PostAsync(
            "/v1/rotations",
            """{ "rows": { "only": ["connectors"] }, "requestedBy": "ann" }"""
        );
        Assert.That(started.Status, Is.EqualTo(201), started.Text);
        var rotation = await Caller.GetAsync($"/v1/rotations/{(string)started.Json["rotationId"]!}");
        Assert.That((string)rotation.Json["requestedBy"]!, Is.EqualTo("ann"));
    }

    [Test]
    public async Task A_name_of_a_page_that_leads_to_this_machine_does_not_help_the_page()
    {
        foreach (var host in (string[])["rebound.example.org", "127.0.0.1.example.org", "10.0.0.4"])
            (await Caller.GetAsync("/v1/rotations", ("Host", host))).IsProblem(403);
        Assert.That((await Caller.GetAsync("/v1/rotations", ("Host", "localhost"))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_page_of_another_origin_can_t_ask()
    {
        foreach (
            var header in ((string, string)[])
                [("Origin", "https://example.org"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]
        )
            (await Caller.PostAsync("/v1/rotations", Caller.SomeOrder, "application/json", header)).IsProblem(
                403
            );
    }

    [TestCase("Forwarded", "for=10.0.0.4")]
    [TestCase("X-Forwarded-For", "127.0.0.1")]
    [TestCase("x-forwarded-host", "rotation.example.org")]
    [TestCase("X-Forwarded-Proto", "https")]
    [TestCase("X-Real-IP", "10.0.0.4")]
    [TestCase("Via", "1.1 proxy")]
    public async Task What_comes_through_a_proxy_is_refused_with_the_fix(string header, string value)
    {
        var answer = await Caller.GetAsync("/v1/rotations", (header, value));
        Assert.That(answer.IsProblem(403), Does.Contain("through a proxy"));
        Assert.That((string)answer.Json["detail"]!, Does.Contain("--tokens-file"));
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data")]
    public async Task A_form_is_no_order(string type) =>
        (await Caller.PostAsync("/v1/rotations", Caller.SomeOrder, type)).IsProblem(415);
}
