using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;

namespace RotationMesh.Tables.Rows;

/// <summary>A row that was left as it is, with enough to find it and nothing secret.</summary>
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
    /// <summary>Bytes of the value that is too large; null for any other error.</summary>
    public long? Size { get; init; }

    /// <summary>Why database or store refused it, by names and codes alone; null where the error says it all.</summary>
    public string? Cause { get; init; }

    /// <summary>The same with what the store said, where that is why.</summary>
    internal RowFailure Because(ExternalStoreException? fault) =>
        Error == RowError.StoreError ? this with { Cause = fault?.Message } : this;
}

/// <summary>One column of a row's primary key; <paramref name="IsNumber"/> tells how it is written in JSON.</summary>
public readonly record struct KeyPart(string Column, string Value, bool IsNumber);

/// <summary>Why a row was left as it is.</summary>
public enum RowError
{
    /// <summary>Wrong key or tampered.</summary>
    AuthenticationFailed,

    /// <summary>Not an envelope.</summary>
    MalformedEnvelope,

    /// <summary>The key ring lacks the version that the row names.</summary>
    UnknownKeyVersion,

    /// <summary>The row is above the target version, and going down was not allowed.</summary>
    NewerVersion,

    /// <summary>An envelope of nothing.</summary>
    EmptyPlaintext,

    /// <summary>The database refused the row: a constraint, a trigger, or a lock that was never given up.</summary>
    DatabaseError,

    /// <summary>The object that holds the row's value is not there.</summary>
    ExternalValueMissing,

    /// <summary>The store of external values refused, or did not answer to the end.</summary>
    StoreError,

    /// <summary>A value of the row is larger than the map allows.</summary>
    ValueTooLarge,
}

internal static class RowErrors
{
    public static RowError From(EnvelopeError error) =>
        error switch
        {
            EnvelopeError.MalformedEnvelope => RowError.MalformedEnvelope,
            EnvelopeError.EmptyPlaintext => RowError.EmptyPlaintext,
            EnvelopeError.AuthenticationFailed => RowError.AuthenticationFailed,
            _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
        };

    public static RowError From(ExternalFault fault) =>
        fault switch
        {
            ExternalFault.Missing => RowError.ExternalValueMissing,
            ExternalFault.Malformed => RowError.MalformedEnvelope,
            _ => RowError.StoreError,
        };
}
