using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Verification;

/// <summary>Decrypts the values of a row under the version that the row claims, and drops the plaintext at once.</summary>
internal sealed class StoredValueCheck(KeyRing ring, Reencryptor reencryptor)
{
    /// <summary>
    /// Why the row does not decrypt, and how many of its values do. A row without a value has nothing to decrypt, and no
    /// error.
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

    /// <summary>Whether the ring has the key of that version.</summary>
    public bool IsKnown(long version) => version is >= 1 and <= int.MaxValue && ring.Contains((int)version);

    /// <summary>Outcome of one value; null where the column holds none, or its value is in the store.</summary>
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

/// <summary>A row that was tried: why it does not decrypt, or how many values of it do.</summary>
internal readonly record struct CheckedRow(RowError? Error, int Values)
{
    /// <summary>The same with the outcome of one value more, which is null where there is none.</summary>
    public CheckedRow And(EnvelopeError? outcome) =>
        Error is not null || outcome is null ? this
        : outcome == EnvelopeError.None ? this with { Values = Values + 1 }
        : new CheckedRow(RowErrors.From(outcome.Value), 0);
}
