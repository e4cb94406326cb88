namespace RotationMesh.Mesh.Coordination;

/// <summary>Does the same for each of many databases, a few at a time: they may share a server, and one that hangs holds up few.</summary>
internal static class SomeAtOnce
{
    /// <summary>Databases that are asked at once, unless somebody says otherwise.</summary>
    public const int Databases = 8;

    /// <summary>The same where there is no result.</summary>
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

    /// <summary>The results in the order of the <paramref name="items"/>. Throws what the first that failed threw.</summary>
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
