using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>
/// The client of a coordinator's HTTP interface. It retries idempotent requests for a few seconds if there is no answer.
/// Throws <see cref="UsageException"/> for faults that the operator can mend, and <see cref="CoordinatorUnreachableException"/>.
/// </summary>
public sealed class Coordinator : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest time from the headers of a document to its last byte.</summary>
    private static readonly TimeSpan LongestDocument = TimeSpan.FromMinutes(5);

    private readonly HttpClient http;
    private readonly AnswerTimeout timeout;

    /// <summary>Prepares requests to the coordinator at an address, with a token where there is one.</summary>
    public Coordinator(Uri server, string? token)
        : this(server, token, new AnswerTimeout()) { }

    internal Coordinator(Uri server, string? token, AnswerTimeout timeout)
    {
        Server = server;
        this.timeout = timeout;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // no other server may get the token
                ConnectTimeout = ConnectTimeout,
                // A restarted coordinator may be at another address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            }
        )
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan, // a census has no time limit
        };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                Checked(token)
            );
    }

    /// <summary>Address of the coordinator.</summary>
    public Uri Server { get; }

    /// <summary>Gets a document, with retries.</summary>
    internal Task<T> GetAsync<T>(string route, CancellationToken cancellationToken) =>
        Retry.AsyncOf(
            () => SendAsync<T>(() => Request(HttpMethod.Get, route, null), cancellationToken),
            cancellationToken
        );

    /// <summary>Posts an idempotent request, with retries.</summary>
    internal Task<T> PostAsync<T>(string route, object order, CancellationToken cancellationToken) =>
        Retry.AsyncOf(() => PostOnceAsync<T>(route, order, cancellationToken), cancellationToken);

    /// <summary>Posts a request without retries.</summary>
    internal Task<T> PostOnceAsync<T>(string route, object order, CancellationToken cancellationToken) =>
        SendAsync<T>(() => Request(HttpMethod.Post, route, order), cancellationToken);

    /// <summary>
    /// Returns the events of a stream until it ends. Throws <see cref="CoordinatorUnreachableException"/> where the stream is
    /// noticeably cut, or silent for too long, and for an error event the exception that the coordinator reports.
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
    /// Sends a long-running request, reports its progress, and returns its result. Throws
    /// <see cref="CoordinatorUnreachableException"/> where the stream ends without one; the operator may ask again.
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

    /// <summary>
    /// Returns the lines of a text as they arrive. Throws <see cref="CoordinatorUnreachableException"/> where the text is cut.
    /// </summary>
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

    // The message of the header's own exception would quote the token.
    private static string Checked(string token) =>
        token.Length > 0 && token.All(character => character is > ' ' and < (char)127)
            ? token
            : throw new UsageException(
                "ROTATIONMESH_TOKEN holds spaces, or characters that no token has: copy it again"
            );
}
