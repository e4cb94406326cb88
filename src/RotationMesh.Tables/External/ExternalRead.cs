using RotationMesh.Core.External;

namespace RotationMesh.Tables.External;

/// <summary>A value as its store gave it, or why it did not.</summary>
internal readonly record struct ExternalRead(IExternalValue? Value, ExternalStoreException? Why)
{
    /// <summary>What kind of fault it is; null where there is a value.</summary>
    public ExternalFault? Fault => Why?.Fault;

    /// <summary>Reads a value from the store; an empty name is a fault, since the row names no object.</summary>
    public static async Task<ExternalRead> OfAsync(IExternalStore store, string name)
    {
        if (name.Length == 0)
            return new ExternalRead(null, new(ExternalFault.Missing, "the row names no object"));
        try
        {
            return new ExternalRead(await store.ReadAsync(name, CancellationToken.None), null);
        }
        catch (ExternalStoreException fault)
        {
            return new ExternalRead(null, fault);
        }
    }
}
