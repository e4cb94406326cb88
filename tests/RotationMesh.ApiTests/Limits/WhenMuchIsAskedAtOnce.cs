using System.Net.Http.Headers;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Limits;

/// <summary>A viewer asks for far more at once than the control database has connections.</summary>
public sealed class WhenMuchIsAskedAtOnce
{
    private const int Askers = 400;

    private Tokens tokens = null!;
    private SampleSite site = null!;
    private HeldInspections inspections = null!;
    private ApiServer server = null!;
    private Caller viewer = null!;

    [SetUp]
    public async Task Start()
    {
        tokens = new Tokens();
        site = await SampleSite.LoadAsync(new SampleOptions { Rows = 2000, Tenants = 4 });
        inspections = new HeldInspections(site.Inspections);
        server = await ApiServer.StartAsync(site, tokens.File, workers: 0, inspections: inspections);
        viewer = new Caller(server.Address, tokens.Viewer);
    }

    [TearDown]
    public async Task Stop()
    {
        inspections.LetGo();
        viewer.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
        tokens.Dispose();
    }

    [Test]
    public async Task One_look_at_the_keys_answers_all_and_who_is_too_many_is_told_when_to_ask_again()
    {
        var asked = Enumerable.Range(0, Askers).Select(_ => viewer.GetAsync("/v1/keys")).ToList();
        await inspections.Entered;
        var refused = await Task.WhenAny(asked);
        var meanwhile = await viewer.GetAsync("/v1/rotations");
        inspections.LetGo();
        var answers = await Task.WhenAll(asked);

        Assert.That((await refused).IsProblem(429), Does.Contain("wait for the keys already"));
        Assert.That((await refused).RetryAfter, Is.EqualTo("5"));
        Assert.That(meanwhile.Status, Is.EqualTo(200));
        Assert.That(answers.Select(answer => answer.Status).Distinct(), Is.EquivalentTo(new[] { 200, 429 }));
        Assert.That(
            answers.Where(answer => answer.Status == 200).Select(answer => answer.Text).Distinct().Count(),
            Is.EqualTo(1)
        );
        Assert.That(inspections.AtOnce, Is.EqualTo(1));
    }

    [Test]
    public async Task Who_asks_while_a_look_is_under_way_gets_one_that_began_afterwards()
    {
        var first = viewer.GetAsync("/v1/keys");
        await inspections.Entered;
        var later = viewer.GetAsync("/v1/keys");
        await viewer.GetAsync("/v1/rotations"); // by then the second has arrived, as a rule

        inspections.LetGo();
        await Task.WhenAll(first, later);

        Assert.That(inspections.Looks, Is.EqualTo(2));
    }

    [Test]
    public async Task A_look_that_nobody_waits_for_is_given_up_and_the_next_is_a_new_one()
    {
        using (var gone = new Caller(server.Address, tokens.Viewer))
        {
            var asked = gone.GetAsync("/v1/keys");
            await inspections.Entered;
            gone.Dispose();
            Assert.That(async () => await asked, Throws.InstanceOf<Exception>());
        }

        await inspections.GivenUp;
        inspections.LetGo();
        Assert.That((await viewer.GetAsync("/v1/keys")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Streams_beyond_the_limit_of_a_token_are_refused_until_one_is_closed()
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Viewer);
        using var @operator = new Caller(server.Address, tokens.Operator);
        var started = await @operator.PostAsync("/v1/rotations", Caller.SomeOrder);
        Assert.That(started.Status, Is.EqualTo(201), started.Text);
        var path = $"/v1/rotations/{(string)started.Json["rotationId"]!}/events";
        var open = new List<HttpResponseMessage>();
        HttpResponseMessage next;
        while ((next = await OpenAsync()).IsSuccessStatusCode)
            open.Add(next);

        Assert.That(((int)next.StatusCode, open.Count), Is.EqualTo((429, 16)));
        open[0].Dispose();
        await TestKit.Eventually.Holds(
            async () => (await OpenAsync()).IsSuccessStatusCode,
            TimeSpan.FromSeconds(60),
            "a stream can be opened again"
        );
        open.ForEach(stream => stream.Dispose());

        Task<HttpResponseMessage> OpenAsync() =>
            http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
    }
}
