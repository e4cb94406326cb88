using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RotationMesh.ApiTests.Support;

/// <summary>A web server at 127.0.0.1 that is no coordinator.</summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ForeignServer(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>Answers everything with one text.</summary>
    public static Task<ForeignServer> SayingAsync(string type, string text) =>
        AnsweringAsync(request =>
        {
            request.Response.ContentType = type;
            return request.Response.WriteAsync(text);
        });

    public static async Task<ForeignServer> AnsweringAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new ForeignServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
