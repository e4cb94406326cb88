using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RotationMesh.Core.Gates;

namespace RotationMesh.Gates.Http;

/// <summary>The answer to a GET request, read to its end; the body is empty where the caller does not want it.</summary>
internal sealed record HttpAnswer(HttpStatusCode Status, byte[] Body)
{
    // Limit of a body: a status document is small, and a larger one would only fill memory.
    private const int MaxBodyBytes = 1 << 20;

    // Redirects are not followed, because the header's secret is meant only for the address in the map.
    private static readonly HttpClient Client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>
    /// Sends the request, and reads the answer within <paramref name="timeout"/>. User and password of the URL become
    /// basic authentication. Throws <see cref="GateUnreadableException"/> with a reason that shows only scheme, host and
    /// port of the URL.
    /// </summary>
    public static async Task<HttpAnswer> AskAsync(
        Uri url,
        (string Name, string Value)? header,
        TimeSpan timeout,
        bool keepBody,
        CancellationToken cancellationToken
    )
    {
        using var request = Request(url, header);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var response = await Client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            return new HttpAnswer(
                response.StatusCode,
                await ReadAsync(response.Content, keepBody, limit.Token)
            );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GateUnreadableException(
                $"{Place(url)} did not answer within {timeout.TotalSeconds:0.###} s"
            );
        }
        catch (HttpRequestException e)
        {
            throw new GateUnreadableException($"{Place(url)} cannot be read ({e.HttpRequestError})", e);
        }
        catch (IOException e)
        {
            throw new GateUnreadableException($"{Place(url)} cannot be read (the answer broke off)", e);
        }
    }

    /// <summary>Returns the part of a URL that may be shown: path and query may contain a token.</summary>
    public static string Place(Uri url) => $"{url.Scheme}://{url.Host}:{url.Port}";

    // A body that the caller does not want is read all the same: an export that breaks off in the middle has not succeeded.
    private static async Task<byte[]> ReadAsync(
        HttpContent content,
        bool keep,
        CancellationToken cancellationToken
    )
    {
        if (!keep)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            return [];
        }

        await content.LoadIntoBufferAsync(MaxBodyBytes, cancellationToken);
        return await content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static HttpRequestMessage Request(Uri url, (string Name, string Value)? header)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Get,
            new UriBuilder(url) { UserName = "", Password = "" }.Uri
        );
        if (url.UserInfo.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)))
            );
        if (header is { } pair)
            request.Headers.TryAddWithoutValidation(pair.Name, pair.Value);
        return request;
    }
}
