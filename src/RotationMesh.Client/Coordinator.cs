using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>
/// A coordinator's interface. What may be asked twice without harm is asked again for a few seconds where nobody answers.
/// Throws <see cref="UsageException"/> for what the operator can mend, and <see cref="CoordinatorUnreachableException"/>.
/// </summary>
public sealed class Coordinator : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest time from the first byte of a document to its last.</summary>
    private static readonly TimeSpan LongestDocument = TimeSpan.FromMinutes(5);

    private readonly HttpClient http;
    private readonly AnswerTimeout timeout;

    /// <summary>The coordinator at an address, asked with a token where there is one.</summary>
    public Coordinator(Uri server, string? token)
        : this(server, token, new AnswerTimeout()) { }

    internal Coordinator(Uri server, string? token, AnswerTimeout timeout)
    {
        Server = server;
        this.timeout = timeout;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // the token is for this server alone
                ConnectTimeout = ConnectTimeout,
                // A restarted coordinator may be at another address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            }
        )
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan, // a census takes as long as it takes
        };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                Checked(token)
            );
    }

    /// <summary>Where it is.</summary>
    public Uri Server { get; }

    /// <summary>Asks for a document.</summary>
    internal Task<T> GetAsync<T>(string route, CancellationToken cancellationToken) =>
        Retry.AsyncOf(
            () => SendAsync<T>(() => Request(HttpMethod.Get, route, null), cancellationToken),
            cancellationToken
        );

    /// <summary>Asks for something that may be asked twice without harm.</summary>
    internal Task<T> PostAsync<T>(string route, object order, CancellationToken cancellationToken) =>
        Retry.AsyncOf(() => PostOnceAsync<T>(route, order, cancellationToken), cancellationToken);

    /// <summary>Asks for something that is asked once.</summary>
    internal Task<T> PostOnceAsync<T>(string route, object order, CancellationToken cancellationToken) =>
        SendAsync<T>(() => Request(HttpMethod.Post, route, order), cancellationToken);

    /// <summary>
    /// Events until the stream ends. Throws <see cref="CoordinatorUnreachableException"/> where it is cut in a way that can be
    /// noticed, or silent for too long.
    /// </summary>
    internal async IAsyncEnumerable<StreamedEvent> ListenAsync(
        string route,
        object? order,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var request = Request(order is null ? HttpMethod.Get : HttpMethod.Post, route, order);
        using var response = await AnswerAsync(request, ApiMediaTypes.Events, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = EventReader
            .ReadAsync(body, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await Transport.GuardAsync(Server, () => events.MoveNextAsync().AsTask(), cancellationToken))
        {
            if (events.Current.Name == ApiEvents.Error)
                throw Refusal.Read(Server, events.Current);
            yield return events.Current;
        }
    }

    /// <summary>
    /// Sends a long-running request and receives its progress. Where the stream is cut, the request is sent again: all requests
    /// of this kind may be repeated.
    /// </summary>
    internal async Task<T> ResultAsync<T>(
        string route,
        object order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(progress);
        await foreach (var next in ListenAsync(route, order, cancellationToken))
        {
            if (next.Name == ApiEvents.Result)
                return next.Document<T>(Server);
            if (next.Name == ApiEvents.Progress)
                progress.Report(next.Document<ProgressDocument>(Server));
        }

        throw Transport.Unreachable(Server, "it stopped in the middle; ask again");
    }

    /// <summary>Lines of a text, each as it comes. Throws where the text is cut.</summary>
    internal async IAsyncEnumerable<string> LinesAsync(
        string route,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var request = Request(HttpMethod.Get, route, null);
        using var response = await AnswerAsync(request, ApiMediaTypes.Lines, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (
            await Transport.GuardAsync(
                Server,
                () => lines.ReadLineAsync(cancellationToken).AsTask(),
                cancellationToken
            )
                is { } line
        )
            yield return line;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        using var request = create();
        using var response = await AnswerAsync(request, ApiMediaTypes.Document, cancellationToken);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        reading.CancelAfter(LongestDocument);
        return await Transport.GuardAsync(
                Server,
                () => response.Content.ReadFromJsonAsync<T>(ApiJson.Documents, reading.Token),
                cancellationToken
            ) ?? throw Transport.Foreign(Server);
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        HttpRequestMessage request,
        string mediaType,
        CancellationToken cancellationToken
    )
    {
        var response = await Transport.GuardAsync(
            Server,
            () => timeout.AnswerAsync(http, request, cancellationToken),
            cancellationToken
        );
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == mediaType)
            return response;
        using (response)
            throw response.IsSuccessStatusCode
                ? Transport.Foreign(Server)
                : await Refusal.ReadAsync(Server, response, cancellationToken);
    }

    private static HttpRequestMessage Request(HttpMethod method, string route, object? order) =>
        new(method, $"{ApiRoutes.Version}{route}".TrimStart('/'))
        {
            Content = order is null
                ? null
                : JsonContent.Create(order, order.GetType(), mediaType: null, ApiJson.Documents),
        };

    // The header's own complaint would quote it.
    private static string Checked(string token) =>
        token.Length > 0 && token.All(character => character is > ' ' and < (char)127)
            ? token
            : throw new UsageException(
                "ROTATIONMESH_TOKEN holds spaces, or characters that no token has: copy it again"
            );
}
