using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace RotationMesh.TestKit.S3;

/// <summary>
/// Stands between the program and the S3 server, on a free port of 127.0.0.1. Requests go through as they are signed, but for
/// those that a test has it answer by itself.
/// </summary>
public sealed class S3Relay : IAsyncDisposable
{
    private static readonly HttpClient Client = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }
    );

    private readonly WebApplication relay;
    private readonly S3Server server;

    private S3Relay(WebApplication relay, S3Server server) => (this.relay, this.server) = (relay, server);

    /// <summary>Answers a request in the server's place; null lets it go through. A test may change it while it runs.</summary>
    public Func<S3Asked, Task<S3Answer?>> Instead { get; set; } = _ => Task.FromResult<S3Answer?>(null);

    /// <summary>A header of the server's answers that the program does not see.</summary>
    public string? Hidden { get; set; }

    /// <summary>Its address, without a slash at the end.</summary>
    public string Url => relay.Urls.Single();

    public static async Task<S3Relay> StartAsync(S3Server server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        var relay = new S3Relay(application, server);
        application.Run(relay.HandleAsync);
        await application.StartAsync();
        return relay;
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var asked = new S3Asked(context.Request, body.ToArray());
        if (await Instead(asked) is not { } answer)
        {
            await ForwardAsync(context, body.ToArray());
            return;
        }

        context.Response.StatusCode = answer.Status;
        if (answer.ETag is { } etag)
            context.Response.Headers.ETag = etag;
        if (answer.Code is { } code)
            await context.Response.WriteAsync($"<Error><Code>{code}</Code></Error>");
    }

    private async Task ForwardAsync(HttpContext context, byte[] body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            server.Url + target
        );
        request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in context.Request.Headers)
            if (
                name is not ("Expect" or "Transfer-Encoding" or "Connection")
                && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable())
            )
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Connection") && name != Hidden)
                context.Response.Headers[name] = values.ToArray();
        if (context.Request.Method != "HEAD")
            await answer.Content.CopyToAsync(context.Response.Body);
    }

    public async ValueTask DisposeAsync() => await relay.DisposeAsync();
}

/// <summary>What the program asks of the server.</summary>
public sealed class S3Asked(HttpRequest request, byte[] body)
{
    public string Method => request.Method;

    /// <summary>Name of the object.</summary>
    public string Key => request.Path.Value!.Split('/', 3).ElementAtOrDefault(2) ?? "";

    /// <summary>Whether it asks for the object itself, and not for something of it.</summary>
    public bool IsOfObject => Key.Length > 0 && !request.Query.ContainsKey("tagging");

    public bool IsOfTags => request.Query.ContainsKey("tagging");

    public string? IfMatch => request.Headers.IfMatch.FirstOrDefault();

    /// <summary>The object's text, without the signatures of its chunks.</summary>
    public string Text
    {
        get
        {
            if (!request.Headers.ContentEncoding.ToString().Contains("aws-chunked", StringComparison.Ordinal))
                return Encoding.UTF8.GetString(body);
            var text = new StringBuilder();
            var raw = Encoding.Latin1.GetString(body);
            for (var at = 0; ; )
            {
                var end = raw.IndexOf("\r\n", at, StringComparison.Ordinal);
                var length = Convert.ToInt32(raw[at..end].Split(';')[0], 16);
                if (length == 0)
                    return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text.ToString()));
                text.Append(raw, end + 2, length);
                at = end + 2 + length + 2;
            }
        }
    }
}

/// <summary>What a relay answers by itself.</summary>
public sealed record S3Answer(int Status, string? Code = null, string? ETag = null);
