using RotationMesh.Operations.Http;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Access;

public sealed class WhenTheTokensFileChanges
{
    private const string Lookup = "/v1/rotations";
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1.1);

    private readonly SteppedClock clock = new();
    private Tokens tokens = null!;
    private SampleSite site = null!;
    private ApiServer server = null!;
    private Caller viewer = null!;
    private Caller @operator = null!;

    [SetUp]
    public async Task Start()
    {
        tokens = new Tokens();
        site = await SampleSite.LoadAsync(new SampleOptions { Rows = 20, Tenants = 2 });
        server = await ApiServer.StartAsync(site, tokens.File, workers: 0, clock: clock);
        viewer = new Caller(server.Address, tokens.Viewer);
        @operator = new Caller(server.Address, tokens.Operator);
    }

    [TearDown]
    public async Task Stop()
    {
        viewer.Dispose();
        @operator.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
        tokens.Dispose();
    }

    [Test]
    public async Task A_new_token_is_known()
    {
        var token = BearerToken.Create();
        using var nina = new Caller(server.Address, token);
        Assert.That((await nina.GetAsync(Lookup)).Status, Is.EqualTo(401));

        tokens.Write(BearerToken.Line("nina", "viewer", token));

        Assert.That((await nina.GetAsync(Lookup)).Status, Is.EqualTo(200));
    }

    [TestCase("half a li")]
    [TestCase("nina admin sha256:00")]
    [TestCase("")]
    public async Task A_token_that_is_taken_out_gets_nobody_in_whatever_else_is_in_the_file(string line)
    {
        Assert.That((await viewer.GetAsync(Lookup)).Status, Is.EqualTo(200));

        tokens.WriteLines(line, BearerToken.Line("otto", "operator", tokens.Operator));
        clock.Step(ASecond);

        Assert.That(
            (await viewer.GetAsync(Lookup)).IsProblem(401),
            Is.EqualTo("the token is not known here")
        );
        Assert.That(
            (await @operator.GetAsync(Lookup)).Status,
            Is.EqualTo(200),
            "a bad line drops itself alone"
        );
    }

    [Test]
    public async Task A_token_of_which_only_half_a_line_is_left_gets_nobody_in()
    {
        tokens.WriteLines(BearerToken.Line("vera", "viewer", tokens.Viewer)[..^4]);
        clock.Step(ASecond);

        Assert.That((await viewer.GetAsync(Lookup)).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task An_empty_file_means_that_nobody_gets_in()
    {
        tokens.WriteLines();
        clock.Step(ASecond);

        Assert.That((await @operator.GetAsync(Lookup)).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task A_file_that_can_t_be_read_keeps_its_tokens_for_a_minute_and_then_nobody_gets_in()
    {
        File.Delete(tokens.File);
        clock.Step(ASecond);
        Assert.That((await viewer.GetAsync(Lookup)).Status, Is.EqualTo(200));
        Assert.That((await server.LookAtHealthAsync()).Ready, Is.True);

        clock.Step(TimeSpan.FromMinutes(1));

        Assert.That((await viewer.GetAsync(Lookup)).IsProblem(503), Does.Contain("can't be read"));
        var (ready, reasons) = await server.LookAtHealthAsync();
        Assert.That(ready, Is.False);
        Assert.That(reasons, Does.Contain("can't be read"));
        tokens.Write();
        clock.Step(ASecond);
        Assert.That((await viewer.GetAsync(Lookup)).Status, Is.EqualTo(200));
        Assert.That((await server.LookAtHealthAsync()).Ready, Is.True);
    }
}
