namespace RotationMesh.Api.Limits;

/// <summary>
/// Computes answers that cost a pass over whole tables, one at a time. Callers with the same question share an answer that has
/// not begun; one that has begun may have passed what a later caller asks about. An answer is cancelled when no caller waits
/// for it any more.
/// </summary>
/// <param name="kind">Kind of the questions, for the message of a refusal.</param>
internal sealed class SharedAnswers<TQuestion, TAnswer>(string kind) : IDisposable
    where TQuestion : notnull
{
    /// <summary>Most callers that wait at once; each holds some kilobytes and no connection.</summary>
    public const int MaxAskers = 128;

    /// <summary>Most different questions that wait at once: each is a pass over whole tables.</summary>
    private const int MaxQuestions = 8;

    private readonly Lock asking = new();
    private readonly SemaphoreSlim alone = new(1);
    private readonly Dictionary<TQuestion, Answering> open = [];
    private int askers;

    /// <summary>Returns the answer to a question. Throws <see cref="BusyException"/> where too many callers wait.</summary>
    public async Task<TAnswer> AskAsync(
        TQuestion question,
        Func<CancellationToken, Task<TAnswer>> answer,
        CancellationToken cancellationToken
    )
    {
        var joined = Join(question, answer);
        try
        {
            return await joined.Answer.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(question, joined);
        }
    }

    public void Dispose() => alone.Dispose();

    private Answering Join(TQuestion question, Func<CancellationToken, Task<TAnswer>> answer)
    {
        lock (asking)
        {
            if (askers >= MaxAskers)
                throw new BusyException($"{MaxAskers} callers wait for {kind} already");
            if (!open.TryGetValue(question, out var joined))
            {
                if (open.Count >= MaxQuestions)
                    throw new BusyException($"{MaxQuestions} different questions for {kind} wait already");
                var stop = new CancellationTokenSource();
                var answering = new Answering(stop);
                answering.Answer = Task.Run(
                    () => AnswerAsync(question, answering, answer),
                    CancellationToken.None
                );
                open.Add(question, joined = answering);
            }

            askers++;
            joined.Askers++;
            return joined;
        }
    }

    private void Leave(TQuestion question, Answering joined)
    {
        lock (asking)
        {
            askers--;
            if (--joined.Askers > 0)
                return;
            Close(question, joined);
            joined.Stop.Cancel();
        }
    }

    // Later callers get a new answer.
    private void Close(TQuestion question, Answering joined)
    {
        lock (asking)
            if (open.GetValueOrDefault(question) == joined)
                open.Remove(question);
    }

    private async Task<TAnswer> AnswerAsync(
        TQuestion question,
        Answering joined,
        Func<CancellationToken, Task<TAnswer>> answer
    )
    {
        await alone.WaitAsync(joined.Stop.Token);
        try
        {
            Close(question, joined);
            return await answer(joined.Stop.Token);
        }
        finally
        {
            alone.Release();
        }
    }

    private sealed class Answering(CancellationTokenSource stop)
    {
        public Task<TAnswer> Answer { get; set; } = null!;
        public CancellationTokenSource Stop => stop;
        public int Askers { get; set; }
    }
}
