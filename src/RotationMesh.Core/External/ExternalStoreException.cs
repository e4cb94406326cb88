namespace RotationMesh.Core.External;

/// <summary>Why a value can't be read from its store, or written to it. The message names no object and no secret.</summary>
public sealed class ExternalStoreException(ExternalFault fault, string reason, Exception? inner = null)
    : Exception(reason, inner)
{
    /// <summary>What kind of fault it is.</summary>
    public ExternalFault Fault => fault;
}

/// <summary>What may be wrong with a value outside the database.</summary>
public enum ExternalFault
{
    /// <summary>The store has no object of that name.</summary>
    Missing = 1,

    /// <summary>The object does not hold an envelope where one must be.</summary>
    Malformed,

    /// <summary>The store does not answer, or asks to be called later: a later try may succeed.</summary>
    Unavailable,

    /// <summary>The store refuses: wrong credentials, missing rights, or wrong bucket.</summary>
    Refused,
}
