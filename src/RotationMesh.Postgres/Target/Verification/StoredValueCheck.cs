using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Verification;

/// <summary>Decrypts the values of a row under the version that the row claims, and drops the plaintext at once.</summary>
internal sealed class StoredValueCheck(KeyRing ring, Reencryptor reencryptor)
{
    /// <summary>
    /// Why the row does not decrypt, and how many of its values do. A row without a value has nothing to decrypt, and no
    /// error.
    /// </summary>
    public CheckedRow Check(TableTarget target, RowCursor row)
    {
        if (
            row.Version is not { } version
            || version is < 1 or > int.MaxValue
            || !ring.Contains((int)version)
        )
            return new CheckedRow(RowError.UnknownKeyVersion, 0);
        var values = 0;
        for (var i = 0; i < target.Columns.Count; i++)
        {
            var error = Check(target, row, i, (int)version);
            if (error is not (null or EnvelopeError.None))
                return new CheckedRow(RowErrors.From(error.Value), 0);
            values += error is null ? 0 : 1;
        }

        return new CheckedRow(null, values);
    }

    /// <summary>Outcome of one value; null where the column holds none.</summary>
    public EnvelopeError? Check(TableTarget target, RowCursor row, int column, int version)
    {
        var stored = row.Stored(column);
        if (stored.IsEmpty)
            return null;
        return row.KeyTenant is { } tenant
            ? reencryptor.Check(target.Columns[column], tenant, version, stored)
            : EnvelopeError.AuthenticationFailed;
    }
}

/// <summary>A row that was tried: why it does not decrypt, or how many values of it do.</summary>
internal readonly record struct CheckedRow(RowError? Error, int Values);
