using RotationMesh.Core.Map;

namespace RotationMesh.Core.External;

/// <summary>Opens the stores of a map. What a kind of store depends on stays in the project that implements it.</summary>
public interface IExternalStores
{
    /// <summary>Returns the store of that entry. Connects to nothing yet.</summary>
    IExternalStore Open(ExternalStoreEntry entry);
}

/// <summary>A store of values that live outside the database. Several partitions use it at the same time.</summary>
public interface IExternalStore
{
    /// <summary>Reads the value of that name. Throws <see cref="ExternalStoreException"/>.</summary>
    Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A value as it was read.</summary>
public interface IExternalValue
{
    /// <summary>The envelope, as text in UTF-8.</summary>
    ReadOnlyMemory<byte> Envelope { get; }

    /// <summary>
    /// Throws <see cref="ExternalStoreException"/> where replacing the value could lose another writer's change, or
    /// something that the value has besides its envelope. Changes nothing.
    /// </summary>
    Task EnsureReplaceableAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the envelope, and leaves everything else of the value as it is. Returns false and writes nothing where
    /// the value has changed since it was read, or is gone. Throws <see cref="ExternalStoreException"/>; where the store
    /// did not answer, the value may have been written all the same. <paramref name="beforeWriting"/> is called right
    /// before the value is sent, each time that it is: what it throws is passed on, and nothing more is sent.
    /// </summary>
    Task<bool> TryReplaceAsync(
        ReadOnlyMemory<byte> envelope,
        Action beforeWriting,
        CancellationToken cancellationToken
    );
}
