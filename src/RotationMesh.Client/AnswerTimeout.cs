namespace RotationMesh.Client;

/// <summary>
/// Decides how long to wait for an answer. A census has no time limit; so while there is no answer, the client asks the server
/// again and again for its health. Only a server that does not answer that counts as gone.
/// </summary>
internal sealed record AnswerTimeout
{
    /// <summary>
    /// Path that every coordinator answers at once, whatever its databases do. Any answer counts, whatever its status.
    /// </summary>
    private const string Alive = "health/live";

    /// <summary>Time without an answer after which the client asks for the server's health.</summary>
    public TimeSpan ProofAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for the health answer.</summary>
    public TimeSpan LongestProof { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns the answer as soon as its headers have arrived. Throws <see cref="TimeoutException"/> where the server is gone.
    /// </summary>
    public async Task<HttpResponseMessage> AnswerAsync(
        HttpClient http,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
        while (await Task.WhenAny(answer, Task.Delay(ProofAfter, cancellationToken)) != answer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await LivesAsync(http, cancellationToken) || answer.IsCompleted)
                continue;
            await waiting.CancelAsync();
            throw new TimeoutException();
        }

        return await answer;
    }

    private async Task<bool> LivesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestProof);
        try
        {
            using var proof = await http.GetAsync(
                new Uri(Alive, UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
