using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>Takes a row to the target version in memory: decides whether it may, re-encrypts all its columns, adds it to a batch.</summary>
internal sealed class RowReencryptor(KeyRing ring, Reencryptor reencryptor, RotationTarget goal)
{
    private readonly NonceSource nonces = new();
    private readonly LargeReencryptor large = new(reencryptor);

    /// <summary>
    /// Adds the cursor's row to <paramref name="batch"/>, or returns why it stays as it is; the batch is then unchanged
    /// but for memory.
    /// </summary>
    public RowError? Add(MappedTable target, RowCursor row, RowBatch batch)
    {
        var (tenant, version) = (row.KeyTenant, row.Version);
        if (Refusal(tenant, version) is { } refusal)
            return refusal;
        var held = row.ObjectName is null ? 0 : 1; // the value in the store, which is moved on its own
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
                ? AddLeft(target.Columns[i], tenant!, (int)version!.Value, stored, batch, i)
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
    /// A value that lives outside the table, re-encrypted from <paramref name="version"/> into memory of
    /// <paramref name="slab"/>. <see cref="ReencryptedValue.Already"/> where it is at the target version: a run before this one ended
    /// between the value and its row, or the application writes it so.
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
        return error == EnvelopeError.None ? new ReencryptedValue(space[..written], null)
            : error == EnvelopeError.AuthenticationFailed
            && reencryptor.Check(column, tenant, goal.Version, stored) == EnvelopeError.None
                ? ReencryptedValue.Already
            : new ReencryptedValue(default, RowErrors.From(error));
    }

    /// <summary>
    /// What stands in the table for a value in the store: <see cref="ReencryptedValue.Already"/>, and stays as it is, where no key opens it.
    /// An envelope that was left there goes with its row, like any other: of another version than the row's it is an error.
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
        if (moved.Error is not (RowError.AuthenticationFailed or RowError.MalformedEnvelope))
            return moved;
        foreach (var other in ring.Versions)
            if (
                other != version
                && reencryptor.Check(column, tenant, other, stored)
                    is EnvelopeError.None
                        or EnvelopeError.EmptyPlaintext
            )
                return moved;
        return ReencryptedValue.Already;
    }

    /// <summary>
    /// A large value, re-encrypted from <paramref name="version"/> into <paramref name="space"/>; <paramref name="stored"/> is
    /// overwritten.
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
    /// Whether a large value is under the key of another version than the target; <paramref name="stored"/> is overwritten.
    /// </summary>
    public bool IsOfAnother(EnvelopeColumn column, string tenant, Span<byte> stored)
    {
        var secret = new NativeBytes(Reencryptor.MaxPlaintextLength(column.Encoding, stored.Length));
        try
        {
            // First the target: another version may hold the same key.
            var versions = ring.Versions.OrderBy(version => version == goal.Version ? 0 : 1);
            var opened = large.FirstToOpen(column, tenant, versions, stored, secret.GetSpan());
            return opened is not null && opened != goal.Version;
        }
        finally
        {
            secret.Free();
        }
    }

    /// <summary>Why a row of that tenant and version stays as it is, whatever its values are; else null.</summary>
    public RowError? Refusal(string? tenant, long? version)
    {
        if (version is not (>= 1 and <= int.MaxValue) || !ring.Contains((int)version))
            return RowError.UnknownKeyVersion;
        if (version > goal.Version && !goal.AllowDowngrade)
            return RowError.NewerVersion;
        return tenant is null ? RowError.AuthenticationFailed : null; // no key is derived for it, so none can fit
    }

    private RowError? AddLeft(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        RowBatch batch,
        int i
    )
    {
        var moved = ReencryptLeft(column, tenant, version, stored, batch.Slab);
        if (moved.Error is null)
            batch.Values[i].Add(moved.Envelope);
        return moved.Error;
    }

    private RowError? Add(
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

/// <summary>What became of a value: its new envelope, or why there is none.</summary>
internal readonly record struct ReencryptedValue(ReadOnlyMemory<byte> Envelope, RowError? Error)
{
    /// <summary>It is at the target version.</summary>
    public static ReencryptedValue Already { get; } = new(default, null);

    public bool IsAlready => Error is null && Envelope.IsEmpty;
}

/// <summary>Where rows are taken: the version whose key encrypts, and whether newer rows may go down to it.</summary>
public sealed record RotationTarget(int Version, bool AllowDowngrade);
