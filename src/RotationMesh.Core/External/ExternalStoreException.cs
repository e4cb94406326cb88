namespace RotationMesh.Core.External;

/// <summary>Why a value can't be had from its store, or put there. The message names no object and no secret.</summary>
public sealed class ExternalStoreException(ExternalFault fault, string reason, Exception? inner = null)
    : Exception(reason, inner)
{
    /// <summary>What kind of fault it is.</summary>
    public ExternalFault Fault => fault;
}

/// <summary>What may be wrong with a value outside the database.</summary>
public enum ExternalFault
{
    /// <summary>There is none of that name.</summary>
    Missing = 1,

    /// <summary>It does not hold an envelope where one is to be.</summary>
    Malformed,

    /// <summary>The store does not answer, or asks for patience: later it may.</summary>
    Unavailable,

    /// <summary>The store refuses: credentials, rights, bucket.</summary>
    Refused,
}
