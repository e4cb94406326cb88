namespace RotationMesh.LocalOperations;

/// <summary>Runs work on many databases, a few at once: they may share a server, and one may hang.</summary>
public static class SomeAtOnce
{
    /// <summary>Default number of databases that are queried at once.</summary>
    public const int Databases = 8;

    /// <summary>Runs work that has no result.</summary>
    public static Task ForEachAsync<T>(
        IEnumerable<T> items,
        int atOnce,
        Func<T, Task> work,
        CancellationToken cancellationToken
    ) =>
        SelectAsync(
            items,
            atOnce,
            async item =>
            {
                await work(item);
                return true;
            },
            cancellationToken
        );

    /// <summary>Returns the results in the order of the <paramref name="items"/>. Throws the first failure.</summary>
    public static async Task<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        IEnumerable<T> items,
        int atOnce,
        Func<T, Task<TResult>> ask,
        CancellationToken cancellationToken
    )
    {
        using var room = new SemaphoreSlim(atOnce);
        return await Task.WhenAll(
            items.Select(async item =>
            {
                await room.WaitAsync(cancellationToken);
                try
                {
                    return await ask(item);
                }
                finally
                {
                    room.Release();
                }
            })
        );
    }
}
