using RotationMesh.Core.Map;

namespace RotationMesh.Core.External;

/// <summary>Opens the stores of a map; whatever a kind of store needs from outside comes in one project with it.</summary>
public interface IExternalStores
{
    /// <summary>The store of that entry. Connects to nothing yet.</summary>
    IExternalStore Open(ExternalStoreEntry entry);
}

/// <summary>Where values of rows live outside the database. Used by several partitions at the same time.</summary>
public interface IExternalStore
{
    /// <summary>The value of that name as it is now. Throws <see cref="ExternalStoreException"/>.</summary>
    Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A value as it was read.</summary>
public interface IExternalValue
{
    /// <summary>The envelope, as text in UTF-8.</summary>
    ReadOnlyMemory<byte> Envelope { get; }

    /// <summary>
    /// Throws <see cref="ExternalStoreException"/> where replacing the value could lose what somebody else writes, or what it
    /// has besides its envelope. The value stays as it is.
    /// </summary>
    Task EnsureReplaceableAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Puts another envelope in its place, and leaves all else of the value as it is. False where the value has changed
    /// since it was read, or is gone: then nothing is written. Throws <see cref="ExternalStoreException"/>; the value may
    /// have been written all the same where the store did not answer. What <paramref name="beforeWriting"/> throws right before
    /// the value is sent is passed on, and nothing is written.
    /// </summary>
    Task<bool> TryReplaceAsync(
        ReadOnlyMemory<byte> envelope,
        Action beforeWriting,
        CancellationToken cancellationToken
    );
}
