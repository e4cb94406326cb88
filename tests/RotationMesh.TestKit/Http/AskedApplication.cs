using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RotationMesh.TestKit.Http;

/// <summary>An application that answers over HTTP, on a free port of 127.0.0.1, as a test tells it to.</summary>
public sealed class AskedApplication : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly ConcurrentQueue<string> asked = new();

    private AskedApplication(WebApplication server) => this.server = server;

    /// <summary>What it does with a request; a test may change it while it runs.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Paths that it was asked for, in order.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>Its address, without a slash at the end.</summary>
    public string Url => server.Urls.Single();

    public static async Task<AskedApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var application = new AskedApplication(server);
        server.Run(context =>
        {
            application.asked.Enqueue(context.Request.Path);
            return application.Answer(context);
        });
        await server.StartAsync();
        return application;
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();
}
