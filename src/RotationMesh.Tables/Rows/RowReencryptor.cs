using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Brings a row to the target version in memory: decides whether the row may be rewritten, re-encrypts all its columns, and
/// adds it to a batch.
/// </summary>
internal sealed class RowReencryptor(KeyRing ring, Reencryptor reencryptor, RotationTarget goal)
{
    private readonly NonceSource nonces = new();
    private readonly LargeReencryptor large = new(reencryptor);

    /// <summary>
    /// Adds the cursor's row to <paramref name="batch"/>, or returns why the row stays as it is. In that case the batch has
    /// the rows that it had, and may have used more of its memory.
    /// </summary>
    public RowFault? Add(MappedTable target, RowCursor row, RowBatch batch)
    {
        var (tenant, version) = (row.KeyTenant, row.Version);
        if (Refusal(tenant, version) is { } refusal)
            return refusal;
        var held = row.ObjectName is null ? 0 : 1; // for the value in the store, which is re-encrypted separately
        for (var i = 0; i < target.Columns.Count; i++)
        {
            var stored = row.Stored(i);
            if (stored.IsEmpty)
            {
                batch.Values[i].Add(default);
                continue;
            }

            var isInStore = row.IsInStore(i);
            var error = isInStore
                ? AddLeft(
                    ReencryptLeft(target.Columns[i], tenant!, (int)version!.Value, stored, batch.Slab),
                    batch,
                    i
                )
                : Add(target.Columns[i], tenant!, (int)version!.Value, stored, batch, i);
            if (error is null)
            {
                held += isInStore ? 0 : 1;
                continue;
            }

            for (var undone = 0; undone < i; undone++)
                batch.Values[undone].RemoveAt(batch.Values[undone].Count - 1);
            return error;
        }

        batch.AddIdentity(row, held);
        return null;
    }

    /// <summary>
    /// Re-encrypts a value that lives outside the table, from <paramref name="version"/>, into memory of
    /// <paramref name="slab"/>. Returns <see cref="ReencryptedValue.Already"/> where the value is at the target version: an
    /// earlier run ended between the value and its row, or the application writes it that way.
    /// </summary>
    public ReencryptedValue Reencrypt(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        ByteSlab slab
    )
    {
        var space = slab.Take(Reencryptor.MaxSealedLength(column.Encoding, stored.Length));
        var error = reencryptor.Reencrypt(
            column,
            tenant,
            version,
            goal.Version,
            stored,
            nonces.Next(),
            space.Span,
            out var written
        );
        slab.GiveBack(space.Length - written);
        if (error == EnvelopeError.None)
            return new ReencryptedValue(space[..written], null);
        if (error == EnvelopeError.AuthenticationFailed)
            switch (reencryptor.Check(column, tenant, goal.Version, stored))
            {
                case EnvelopeError.None:
                    return ReencryptedValue.Already;
                case EnvelopeError.MayHoldAnother:
                    error = EnvelopeError.MayHoldAnother;
                    break;
            }

        return new ReencryptedValue(default, RowErrors.From(error));
    }

    /// <summary>
    /// Re-encrypts a value in the store as <see cref="Reencrypt"/> does, from whichever version of the key ring opens it: an earlier
    /// rotation, to another version, moved it and not its row. One above the target fails with that cause, unless a downgrade is meant.
    /// </summary>
    public ReencryptedValue ReencryptObject(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        ByteSlab slab
    )
    {
        var made = Reencrypt(column, tenant, version, stored, slab);
        if (
            made.Error is not { Error: RowError.AuthenticationFailed, Cause: null }
            || reencryptor.FindOther(column, tenant, version, stored) is not { } other
        )
            return made;
        return other > goal.Version && !goal.AllowDowngrade
            ? new ReencryptedValue(default, ObjectVersion.Explain(version, other))
            : Reencrypt(column, tenant, other, stored, slab);
    }

    /// <summary>
    /// Re-encrypts what the table holds in the column of a value that is in the store. Returns
    /// <see cref="ReencryptedValue.Already"/> where no key opens it, or where it is at the target version: it stays as it is.
    /// An envelope of the row's version that was left there is rewritten with the row; one of any other version is an error.
    /// </summary>
    public ReencryptedValue ReencryptLeft(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        ByteSlab slab
    )
    {
        var moved = Reencrypt(column, tenant, version, stored, slab);
        if (
            moved.Error
            is not { Error: RowError.AuthenticationFailed or RowError.MalformedEnvelope, Cause: null }
        )
            return moved;
        foreach (var other in ring.Versions)
            if (
                other != version
                && reencryptor.Check(column, tenant, other, stored)
                    is EnvelopeError.None
                        or EnvelopeError.EmptyPlaintext
                        or EnvelopeError.MayHoldAnother
            )
                return moved;
        return ReencryptedValue.Already;
    }

    /// <summary>
    /// Re-encrypts a large value from <paramref name="version"/> into <paramref name="space"/>; overwrites
    /// <paramref name="stored"/>.
    /// </summary>
    public EnvelopeError ReencryptLarge(
        EnvelopeColumn column,
        string tenant,
        int version,
        Span<byte> stored,
        Span<byte> space,
        out int written
    )
    {
        var secret = new NativeBytes(Reencryptor.MaxPlaintextLength(column.Encoding, stored.Length));
        try
        {
            return large.Reencrypt(
                column,
                tenant,
                version,
                goal.Version,
                stored,
                secret.GetSpan(),
                nonces.Next(),
                space,
                out written
            );
        }
        finally
        {
            secret.Free();
        }
    }

    /// <summary>
    /// Returns whether another version's key opens a large value, and the target's does not; overwrites
    /// <paramref name="stored"/>.
    /// </summary>
    public bool IsOfAnother(EnvelopeColumn column, string tenant, Span<byte> stored)
    {
        var secret = new NativeBytes(Reencryptor.MaxPlaintextLength(column.Encoding, stored.Length));
        try
        {
            // The target first: another version may have the same key.
            var versions = ring.Versions.OrderBy(version => version == goal.Version ? 0 : 1);
            var opened = large.FirstToOpen(column, tenant, versions, stored, secret.GetSpan());
            return opened is not null && opened != goal.Version;
        }
        finally
        {
            secret.Free();
        }
    }

    /// <summary>Returns why a row of that tenant and version stays as it is, whatever its values are; else null.</summary>
    public RowError? Refusal(string? tenant, long? version)
    {
        if (version is not (>= 1 and <= int.MaxValue) || !ring.Contains((int)version))
            return RowError.UnknownKeyVersion;
        if (version > goal.Version && !goal.AllowDowngrade)
            return RowError.NewerVersion;
        return tenant is null ? RowError.AuthenticationFailed : null; // without a tenant there is no derived key
    }

    private static RowFault? AddLeft(ReencryptedValue moved, RowBatch batch, int i)
    {
        if (moved.Error is null)
            batch.Values[i].Add(moved.Envelope);
        return moved.Error;
    }

    private RowFault? Add(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        RowBatch batch,
        int i
    )
    {
        var space = batch.Slab.Take(Reencryptor.MaxSealedLength(column.Encoding, stored.Length));
        var error = reencryptor.Reencrypt(
            column,
            tenant,
            version,
            goal.Version,
            stored,
            nonces.Next(),
            space.Span,
            out var written
        );
        batch.Slab.GiveBack(space.Length - written);
        if (error != EnvelopeError.None)
            return RowErrors.From(error);
        batch.Values[i].Add(space[..written]);
        return null;
    }
}
