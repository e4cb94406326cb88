using RotationMesh.Core;
using RotationMesh.Postgres;

namespace RotationMesh.LocalOperations;

/// <summary>A question to one database that may have no answer: others are asked the same, and must not wait for it.</summary>
public static class DatabaseQuestion
{
    /// <summary>Longest wait for a database that does not answer; counting and planning wait longer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Queries a database; null where it does not answer in time, or fails. <paramref name="failed"/> is called with the fault.
    /// </summary>
    public static async Task<T?> AskAsync<T>(
        Func<CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken,
        Action<Exception>? failed = null
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(ask);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            return await ask(timeout.Token);
        }
        catch (Exception fault)
            when (Faults.IsOfDatabase(fault)
                || fault is UsageException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            failed?.Invoke(fault);
            return null;
        }
    }
}
