using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Verification;

/// <summary>Decrypts the values of a row under the version that the row claims, and drops the plaintext at once.</summary>
internal sealed class StoredValueCheck(KeyRing ring, Reencryptor reencryptor)
{
    /// <summary>Why the row does not decrypt; null where all its values do.</summary>
    public RowError? Check(TableTarget target, RowCursor row)
    {
        if (
            row.Version is not { } version
            || version is < 1 or > int.MaxValue
            || !ring.Contains((int)version)
        )
            return RowError.UnknownKeyVersion;
        for (var i = 0; i < target.Columns.Count; i++)
        {
            var error = Check(target, row, i, (int)version);
            if (error is not (null or EnvelopeError.None))
                return RowErrors.From(error.Value);
        }

        return null;
    }

    /// <summary>Outcome of one value; null where the column holds none.</summary>
    public EnvelopeError? Check(TableTarget target, RowCursor row, int column, int version)
    {
        var stored = row.Stored(column);
        if (stored.IsEmpty)
            return null;
        return row.Tenant is { } tenant
            ? reencryptor.Check(target.Columns[column], tenant, version, stored)
            : EnvelopeError.AuthenticationFailed;
    }
}
