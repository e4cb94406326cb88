namespace RotationMesh.Mesh.Coordination;

/// <summary>Does the same for each of many databases, a few at a time: they may share a server, and one that hangs holds up few.</summary>
internal static class SomeAtOnce
{
    /// <summary>As many as a server answers without being troubled.</summary>
    public const int Eight = 8;

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
