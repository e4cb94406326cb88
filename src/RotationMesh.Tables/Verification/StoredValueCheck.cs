using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Verification;

/// <summary>Decrypts the values of a row under the version that the row claims, and drops the plaintext at once.</summary>
internal sealed class StoredValueCheck(KeyRing ring, Reencryptor reencryptor)
{
    /// <summary>
    /// Returns why the row does not decrypt, or how many of its values do. A row without a value has no error.
    /// </summary>
    public CheckedRow Check(MappedTable target, RowCursor row)
    {
        if (row.Version is not { } version || !IsKnown(version))
            return new CheckedRow(RowError.UnknownKeyVersion, 0);
        var sum = default(CheckedRow);
        for (var i = 0; i < target.Columns.Count && sum.Error is null; i++)
            sum = sum.And(Check(target, row, i, (int)version));
        return sum;
    }

    /// <summary>Returns whether the ring has the key of that version.</summary>
    public bool IsKnown(long version) => version is >= 1 and <= int.MaxValue && ring.Contains((int)version);

    /// <summary>Returns the outcome of one value; null where the column holds none, or its value is in the store.</summary>
    public EnvelopeError? Check(MappedTable target, RowCursor row, int column, int version)
    {
        var stored = row.Stored(column);
        if (stored.IsEmpty || row.IsInStore(column))
            return null;
        return row.KeyTenant is { } tenant
            ? reencryptor.Check(target.Columns[column], tenant, version, stored)
            : EnvelopeError.AuthenticationFailed;
    }
}

/// <summary>Outcome of a row: why it does not decrypt, or how many of its values do.</summary>
internal readonly record struct CheckedRow(RowFault? Error, int Values)
{
    /// <summary>Adds the outcome of one more value; null where the column holds none.</summary>
    public CheckedRow And(EnvelopeError? outcome) =>
        Error is not null || outcome is null ? this
        : outcome == EnvelopeError.None ? this with { Values = Values + 1 }
        : new CheckedRow(RowErrors.From(outcome.Value), 0);
}
