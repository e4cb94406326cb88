using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RotationMesh.Service;

namespace RotationMesh.UnitTests.Services;

public sealed class ServiceRunTests
{
    [Test]
    public async Task A_service_that_is_told_to_stop_while_it_starts_ends_without_a_fault()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHostedService<StopsAtOnce>();
        await using var app = builder.Build();

        await ServiceRun.UntilStoppedAsync(app, new Uri("http://127.0.0.1:0"));

        Assert.That(app.Lifetime.ApplicationStopped.IsCancellationRequested);
    }

    /// <summary>Stops the application before its server has begun to listen.</summary>
    private sealed class StopsAtOnce(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
