using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>The store of a table's external values, and how to read and write them.</summary>
internal sealed record TableStore(IExternalStore Values, EnvelopeColumn Column);

/// <summary>A mapped table that was found in its database and may be rotated.</summary>
public sealed class MappedTable
{
    /// <summary>Joins a map entry, its live shape, the formats of its columns, and its store if there is one.</summary>
    public MappedTable(
        TableEntry entry,
        TableShape shape,
        EnvelopeFormats formats,
        IExternalStore? store = null
    )
    {
        Entry = entry;
        Shape = shape;
        Columns =
        [
            .. entry.Columns.Select(
                (column, i) =>
                    new EnvelopeColumn(
                        formats[column.Format],
                        column.Context,
                        shape.Columns[i].Encoding!.Value
                    )
            ),
        ];
        Sql = new TableSql(entry, shape);
        Tenants = new TenantSql(entry, shape);
        if (store is not null && entry.ExternalStore is { } external)
            Store = new TableStore(
                store,
                // The store holds envelopes as text in JSON, whatever the type of the column.
                Columns[external.Column] with
                {
                    Encoding = EnvelopeEncoding.Base64,
                }
            );
    }

    /// <summary>The table as the map describes it.</summary>
    public TableEntry Entry { get; }

    /// <summary>The table as the database has it.</summary>
    public TableShape Shape { get; }

    /// <summary>How to read and write each encrypted column.</summary>
    public IReadOnlyList<EnvelopeColumn> Columns { get; }

    /// <summary>Whether the table is worked on tenant by tenant, because row-level security applies to this role.</summary>
    public bool ByTenant => Shape.RowSecurityActive;

    internal TableSql Sql { get; }

    internal TenantSql Tenants { get; }

    /// <summary>Store of the values of external rows; null if no store was given or the map names none.</summary>
    internal TableStore? Store { get; }

    /// <summary>Index of the column whose values are in the store; null if there is no store.</summary>
    internal int? StoreColumn => Store is null ? null : Entry.ExternalStore!.Column;
}
