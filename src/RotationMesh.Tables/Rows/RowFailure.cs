using RotationMesh.Core;
using RotationMesh.Core.External;

namespace RotationMesh.Tables.Rows;

/// <summary>A row that stays as it is, with what identifies it and why, and never a value.</summary>
public sealed record RowFailure(
    string Scope,
    string Database,
    string Table,
    IReadOnlyList<KeyPart> Key,
    string? Tenant,
    long? Version,
    RowError Error
)
{
    /// <summary>Size in bytes of the value that is too large; null for any other error.</summary>
    public long? Size { get; init; }

    /// <summary>
    /// Why the database or the store refused it, or what is wrong with the value, in names and codes only; null where the
    /// error says enough.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>Returns this failure with the store's message as its cause, where the store is the reason.</summary>
    internal RowFailure Because(ExternalStoreException? fault) =>
        Error == RowError.StoreError ? this with { Cause = fault?.Message } : this;
}

/// <summary>Why a row stays as it is.</summary>
public enum RowError
{
    /// <summary>The key is wrong, or the envelope was tampered with.</summary>
    AuthenticationFailed,

    /// <summary>The value is not an envelope.</summary>
    MalformedEnvelope,

    /// <summary>The key ring lacks the version that the row names.</summary>
    UnknownKeyVersion,

    /// <summary>The row is above the target version, and going down was not allowed.</summary>
    NewerVersion,

    /// <summary>The envelope's plaintext is empty.</summary>
    EmptyPlaintext,

    /// <summary>The database refused the row: a constraint, a trigger, or a lock that was never given up.</summary>
    DatabaseError,

    /// <summary>The object that holds the row's value is not there.</summary>
    ExternalValueMissing,

    /// <summary>The store of external values refused or did not answer, or the value kept changing in the last sweep.</summary>
    StoreError,

    /// <summary>A value of the row is larger than the map allows.</summary>
    ValueTooLarge,
}
