using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;
using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Walks over the rows of a query for <see cref="TableSql.RowColumns"/>, and returns values as the bytes that the server sent.
/// </summary>
internal sealed class RowCursor(NpgsqlDataReader reader, MappedTable target)
{
    private const int PlaceColumn = 0;
    private const int XminColumn = 1;
    private const int VersionColumn = 2;
    private const int TenantColumn = 3;
    private const int SizeColumn = 4;
    private const int FirstKeyColumn = 5;

    /// <summary>Bytes of <c>(4294967295,65535)</c>.</summary>
    private const int LongestCtid = 18;

    private byte[] stored = new byte[4096];
    private string? keyTenant; // of the present row, once it was read
    private bool isTenantRead;

    /// <summary>Writes the row's ctid as <c>(page,item)</c> into memory of <paramref name="slab"/>.</summary>
    public ReadOnlyMemory<byte> Ctid(ByteSlab slab)
    {
        var place = reader.GetFieldValue<NpgsqlTid>(PlaceColumn);
        var slice = slab.Take(LongestCtid);
        Utf8.TryWrite(
            slice.Span,
            CultureInfo.InvariantCulture,
            $"({place.BlockNumber},{place.OffsetNumber})",
            out var written
        );
        slab.GiveBack(LongestCtid - written);
        return slice[..written];
    }

    /// <summary>xmin of the row.</summary>
    public uint Xmin => reader.GetFieldValue<uint>(XminColumn);

    /// <summary>Key version of the row; null where the column is NULL and the map gives no replacement.</summary>
    public long? Version => reader.IsDBNull(VersionColumn) ? null : reader.GetInt64(VersionColumn);

    /// <summary>
    /// Tenant of the row as people see it, without padding; null where the column is NULL and the map gives no replacement.
    /// </summary>
    public string? Tenant => target.Entry.TenantPadding == true ? KeyTenant?.TrimEnd(' ') : KeyTenant;

    /// <summary>The text that the row's keys are derived for; null where there is none.</summary>
    public string? KeyTenant
    {
        get
        {
            if (!isTenantRead)
                (isTenantRead, keyTenant) = (
                    true,
                    reader.IsDBNull(TenantColumn)
                        ? target.Entry.TenantWhenNull
                        : reader.GetString(TenantColumn)
                );
            return keyTenant;
        }
    }

    /// <summary>
    /// Size in bytes of the row's largest value, where one is too large to come with the row; null where all came with it.
    /// </summary>
    public long? LargeSize => reader.IsDBNull(SizeColumn) ? null : reader.GetInt32(SizeColumn);

    /// <summary>
    /// Returns the size in bytes of a value that <see cref="RowQuery.Inline"/> asked for, where it is too large to come with
    /// the row; null where it came with it. <paramref name="i"/> counts the columns of that query.
    /// </summary>
    public long? LargeSizeAt(int i)
    {
        var others = target.Entry.Key.Count + target.Columns.Count;
        var column = FirstKeyColumn + others + (target.Entry.ExternalStore is null ? 0 : 1) + i;
        return reader.IsDBNull(column) ? null : reader.GetInt32(column);
    }

    /// <summary>
    /// Name of the object that holds the row's value; null where the table holds it, empty where the row names none.
    /// </summary>
    public string? ObjectName
    {
        get
        {
            if (target.Store is null)
                return null;
            var column = FirstKeyColumn + target.Entry.Key.Count + target.Columns.Count;
            return reader.IsDBNull(column) ? null : reader.GetString(column);
        }
    }

    /// <summary>
    /// Returns whether the column's value is in the store. The column itself usually holds no envelope then, but one may have
    /// been left there.
    /// </summary>
    public bool IsInStore(int i) => target.StoreColumn == i && ObjectName is not null;

    /// <summary>Reads the next row into memory as a whole; false where there is none.</summary>
    public Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        isTenantRead = false;
        return reader.ReadAsync(cancellationToken);
    }

    /// <summary>Copies the text of a key column, in UTF-8, into memory of <paramref name="slab"/>.</summary>
    public ReadOnlyMemory<byte> Key(int i, ByteSlab slab)
    {
        var length = (int)reader.GetBytes(FirstKeyColumn + i, 0, null, 0, 0);
        var slice = slab.Take(length);
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(slice, out var array);
        if (length > 0)
            reader.GetBytes(FirstKeyColumn + i, 0, array.Array, array.Offset, length);
        return slice;
    }

    /// <summary>Returns the row's primary key, for a row failure.</summary>
    public IReadOnlyList<KeyPart> KeyParts() =>
        [
            .. target.Entry.Key.Select(
                (column, i) =>
                    new KeyPart(
                        column.Name,
                        reader.GetString(FirstKeyColumn + i),
                        target.Shape.Key[i].IsJsonNumber
                    )
            ),
        ];

    /// <summary>
    /// Returns the stored value of an encrypted column, valid until the next call. It is empty where the column is NULL or
    /// empty: both mean that there is no envelope.
    /// </summary>
    public ReadOnlySpan<byte> Stored(int i)
    {
        var column = FirstKeyColumn + target.Entry.Key.Count + i;
        if (reader.IsDBNull(column))
            return [];
        var length = (int)reader.GetBytes(column, 0, null, 0, 0);
        if (length == 0)
            return [];
        if (stored.Length < length)
            stored = new byte[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        reader.GetBytes(column, 0, stored, 0, length);
        return stored.AsSpan(0, length);
    }

    /// <summary>Makes a row failure of the present row.</summary>
    public RowFailure Failure(RowFault fault) =>
        new(
            target.Entry.Scope,
            target.Entry.Database,
            target.Entry.Name,
            KeyParts(),
            Tenant,
            Version,
            fault.Error
        )
        {
            Cause = fault.Cause,
        };

    /// <summary>Makes a row failure of a row in a batch.</summary>
    public static RowFailure Failure(MappedTable target, RowBatch batch, int row, RowFault fault) =>
        new(
            target.Entry.Scope,
            target.Entry.Database,
            target.Entry.Name,
            [
                .. target.Entry.Key.Select(
                    (column, i) =>
                        new KeyPart(
                            column.Name,
                            Encoding.UTF8.GetString(batch.Keys[i][row].Span),
                            target.Shape.Key[i].IsJsonNumber
                        )
                ),
            ],
            batch.Origins[row].Tenant,
            batch.Origins[row].Version,
            fault.Error
        )
        {
            Cause = fault.Cause,
        };
}
