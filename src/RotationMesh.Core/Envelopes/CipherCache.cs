namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Keeps the ciphers that were used last, so that a tenant's key is not derived again for each row. There are two
/// generations: when the younger one is full, the older one is dropped (its keys are freed and overwritten) and the
/// younger one takes its place. For one thread at a time.
/// </summary>
internal sealed class CipherCache(int bound) : IDisposable
{
    private readonly int generationBound =
        bound >= 2 ? bound / 2 : throw new ArgumentOutOfRangeException(nameof(bound), bound, "at least 2");
    private Dictionary<CipherKey, EnvelopeCipher> younger = [];
    private Dictionary<CipherKey, EnvelopeCipher> older = [];

    /// <summary>Ciphers held now, never more than the bound.</summary>
    public int Count => younger.Count + older.Count;

    /// <summary>
    /// Returns the cipher for <paramref name="key"/>; <paramref name="create"/> makes it where it is not held.
    /// </summary>
    public EnvelopeCipher Get<TState>(
        in CipherKey key,
        TState state,
        Func<CipherKey, TState, EnvelopeCipher> create
    )
    {
        if (younger.TryGetValue(key, out var cipher))
            return cipher;
        if (!older.Remove(key, out cipher))
            cipher = create(key, state);
        if (younger.Count == generationBound)
            DropOlder();
        younger.Add(key, cipher);
        return cipher;
    }

    /// <summary>Drops every cipher.</summary>
    public void Dispose()
    {
        DropOlder();
        DropOlder();
    }

    private void DropOlder()
    {
        foreach (var cipher in older.Values)
            cipher.Dispose();
        older.Clear();
        (older, younger) = (younger, older);
    }
}

/// <summary>What a derived key depends on.</summary>
internal readonly record struct CipherKey(HkdfAes256Gcm Format, string Context, int Version, string Tenant);
