namespace RotationMesh.Client;

/// <summary>
/// How long an answer is waited for. A census takes as long as it takes; so after a while without an answer the server is
/// asked whether it lives, over and over, and only one that does not even tell that has gone.
/// </summary>
internal sealed record AnswerTimeout
{
    /// <summary>Answered at once, whatever the databases do, by every coordinator; anything else than silence will do.</summary>
    private const string Alive = "health/live";

    /// <summary>Time without an answer after which the server is asked whether it lives.</summary>
    public TimeSpan ProofAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest time to tell that it lives.</summary>
    public TimeSpan LongestProof { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The answer, as soon as its headers are there. Throws <see cref="TimeoutException"/> where nobody lives.</summary>
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
