using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RotationMesh.CliTests.Faults;

/// <summary>A server that answers as no coordinator would, or tells of a database that fails.</summary>
public sealed class ForeignServerTests
{
    private const string Foreign = "answered with something else than a coordinator does";

    private Site site = null!;

    [OneTimeSetUp]
    public async Task Create() => site = await Site.EmptyAsync();

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("status")]
    [TestCase("rotate")]
    [TestCase("rotate --detach")]
    [TestCase("verify")]
    [TestCase("keys")]
    [TestCase("doctor")]
    [TestCase("audit export")]
    public async Task Every_verb_says_the_same(string verb)
    {
        using var server = new Answering(200, "application/json", "{}");
        await FailsAsync(server, verb, $"unexpected failure: {server.Url} {Foreign}");
    }

    [TestCase("status")]
    [TestCase("census")]
    [TestCase("verify")]
    public async Task A_fault_of_a_database_has_the_exit_code_of_a_run_without_a_coordinator(string verb)
    {
        using var server = new Answering(
            503,
            "application/problem+json",
            """{ "status": 503, "title": "the server refused: it is full (SQLSTATE 53100)" }"""
        );
        await FailsAsync(server, verb, "the server refused: it is full (SQLSTATE 53100)");
    }

    private async Task FailsAsync(Answering server, string verb, string message)
    {
        var outcome = (await site.RunAsync(["--server", server.Url, .. verb.Split(' ')])).Exits(1);
        Assert.That(outcome.ErrorLines(), Is.EqualTo([$"rotationmesh: {message}"]));
        Assert.That(outcome.Output, Is.Empty);
    }

    // The same for whatever is asked.
    private sealed class Answering : IDisposable
    {
        private readonly HttpListener listener = new();

        public Answering(int status, string type, string text)
        {
            Url = $"http://127.0.0.1:{FreePort()}";
            listener.Prefixes.Add($"{Url}/");
            listener.Start();
            _ = Task.Run(() => ServeAsync(status, type, text));
        }

        public string Url { get; }

        public void Dispose() => listener.Close();

        private async Task ServeAsync(int status, string type, string text)
        {
            try
            {
                while (true)
                {
                    var response = (await listener.GetContextAsync()).Response;
                    (response.StatusCode, response.ContentType) = (status, type);
                    response.Close(Encoding.UTF8.GetBytes(text), willBlock: false);
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static int FreePort()
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            return ((IPEndPoint)free.LocalEndpoint).Port;
        }
    }
}
