using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using RotationMesh.Api;
using RotationMesh.Api.Access;
using RotationMesh.Bus.Topology;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Operations;
using RotationMesh.Working;

namespace RotationMesh.ApiTests.Support;

/// <summary>The interface on a real web server at 127.0.0.1, with a coordinator and a worker on an in-memory bus behind it.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ApiServer(WebApplication app) => this.app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(
            app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.Single()
        );

    /// <summary>
    /// Starts it. <paramref name="workers"/> is the number of partitions at a time; with none a rotation is started and
    /// goes nowhere. Port 0 takes a free one.
    /// </summary>
    public static async Task<ApiServer> StartAsync(
        SampleSite site,
        string? tokensFile = null,
        int workers = 2,
        int port = 0,
        TimeProvider? clock = null,
        IInspections? inspections = null
    )
    {
        var listen = new Uri($"http://127.0.0.1:{port}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(listen.GetLeftPart(UriPartial.Authority));
        site.Parts.AddTo(builder.Services);
        builder
            .Services.AddSingleton<IRotations>(site.Rotations)
            .AddSingleton(inspections ?? site.Inspections)
            .AddSingleton<IAuditTrail>(site.AuditTrail)
            .AddSingleton<IReports>(site.Reports)
            .AddSingleton<IKeyRetirement>(site.KeyRetirement)
            .AddSingleton<IApplicationWorkers>(new LocalWorkers(site.Parts.Gates, site.Parts.Control))
            .AddOperationsApi(ApiAccess.At(listen, tokensFile, clock))
            .AddMassTransit(bus =>
            {
                bus.UseInMemory();
                bus.AddCoordinator(new CoordinatorOptions(), new LedgerRules());
                if (workers > 0)
                    bus.AddWorker(new WorkerOptions { Concurrency = workers });
            });
        var app = builder.Build();
        app.UseOperationsApi();
        await app.StartAsync();
        return new ApiServer(app);
    }

    /// <summary>Whether it is ready, and what its checks say where they don't hold.</summary>
    public async Task<(bool Ready, string Reasons)> LookAtHealthAsync()
    {
        var found = await app
            .Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Name == "tokens-file");
        return (
            found.Status == HealthStatus.Healthy,
            string.Join("; ", found.Entries.Values.Select(entry => entry.Description))
        );
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
