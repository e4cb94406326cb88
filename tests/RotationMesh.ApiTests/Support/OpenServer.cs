using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Support;

/// <summary>Tests that ask a server without tokens, which no worker serves.</summary>
public abstract class OpenServer
{
    private SampleSite site = null!;
    private ApiServer server = null!;

    private protected Caller Caller { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        server = await ApiServer.StartAsync(site, workers: 0);
        Caller = new Caller(server.Address);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        Caller.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
    }
}
