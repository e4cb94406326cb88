using System.Diagnostics;
using System.Text;

namespace RotationMesh.GateTests.Others;

public sealed class HttpGateTests
{
    private const string Secret = "correct-horse";

    [Test]
    public async Task An_answer_as_expected_holds()
    {
        using var server = LocalServer.Answering(
            200,
            """{ "workers": [ { "paused": true } ], "a/b": "yes" }"""
        );

        (await LookAsync(server, "")).AssertHolds();
        (await LookAsync(server, ", pointer: /workers/0/paused, value: true")).AssertHolds();
        (await LookAsync(server, ", pointer: /a~1b, value: 'yes'")).AssertHolds();
    }

    [Test]
    public async Task Another_status_value_or_document_does_not_hold_and_is_not_shown()
    {
        using var server = LocalServer.Answering(200, $$"""{ "state": "{{Secret}}" }""");
        using var broken = LocalServer.Answering(503);
        using var text = LocalServer.Answering(200, "fine");

        (await LookAsync(broken, "")).AssertLost("answered with status 503, not 200");
        (await LookAsync(broken, ", status: 503")).AssertHolds();
        (await LookAsync(server, ", pointer: /none, value: x")).AssertLost("without a value at /none");
        (await LookAsync(text, ", pointer: /state, value: x")).AssertLost("not JSON");
        var other = await LookAsync(server, ", pointer: /state, value: idle");
        other.AssertLost("another value at /state");
        Assert.That(other.ToString(), Does.Not.Contain(Secret));
    }

    [Test]
    public async Task The_header_and_the_login_of_the_url_are_sent_and_never_shown()
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"watch:{Secret}"));
        using var server = LocalServer.Answering(request =>
            (
                request.Headers["Authorization"] == expected && request.Headers["X-Token"] == Secret
                    ? 200
                    : 401,
                ""
            )
        );
        var header = $", header: {{ name: X-Token, value: {Secret} }}";
        var url = server.Url.Replace("//", $"//watch:{Secret}@", StringComparison.Ordinal);

        (
            await Looks.AtWorkersAsync($"http: {{ url: '{url}/?key={Secret}', timeout: 1m{header} }}")
        ).AssertHolds();
        var refused = await LookAsync(server, header);
        refused.AssertLost("status 401");
        Assert.That(refused.ToString(), Does.Not.Contain(Secret));
    }

    [Test]
    public async Task A_redirect_is_not_followed()
    {
        using var other = LocalServer.Answering(200);
        using var server = LocalServer.Answering(302, other.Url);

        (await LookAsync(server, "")).AssertLost("status 302");
    }

    [Test]
    public async Task A_server_that_is_away_or_silent_does_not_hold()
    {
        using var silent = LocalServer.Silent();
        var gone = LocalServer.Answering(200);
        gone.Dispose();
        var clock = Stopwatch.StartNew();

        (await LookAsync(silent, "", timeout: "300ms")).AssertLost("did not answer within 0.3 s");
        (await LookAsync(gone, "")).AssertLost("cannot be read");
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }

    // A busy machine may take longer than the two seconds that a gate has by default.
    private static Task<Core.Gates.GateVerdict> LookAsync(
        LocalServer server,
        string more,
        string timeout = "1m"
    ) =>
        Looks.AtWorkersAsync(
            $"http: {{ url: '{server.Url}/health?key={Secret}', timeout: {timeout}{more} }}"
        );
}
