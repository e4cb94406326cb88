using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Why a row stays as it is, with its cause where the error alone does not say enough.
/// </summary>
internal readonly record struct RowFault(RowError Error, string? Cause = null)
{
    public static implicit operator RowFault(RowError error) => new(error);
}

internal static class RowErrors
{
    /// <summary>What the operator reads of a value that is authentic and has more after it.</summary>
    private const string Followed = "text that may be another envelope follows the padding of its base64";

    public static RowFault From(EnvelopeError error) =>
        error switch
        {
            EnvelopeError.MalformedEnvelope => RowError.MalformedEnvelope,
            EnvelopeError.EmptyPlaintext => RowError.EmptyPlaintext,
            EnvelopeError.AuthenticationFailed => RowError.AuthenticationFailed,
            EnvelopeError.MayHoldAnother => new RowFault(RowError.MalformedEnvelope, Followed),
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
