using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>The store of a table's external values, and how they are read and written.</summary>
internal sealed record TableStore(IExternalStore Values, EnvelopeColumn Column);

/// <summary>A table of the map that was found in its database and may be rotated.</summary>
public sealed class MappedTable
{
    /// <summary>Joins a map entry, its live shape and the formats of its columns.</summary>
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
                // Text in JSON, whatever the type of the column that stands for it.
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

    /// <summary>Tables with a policy on this role are worked on tenant by tenant.</summary>
    public bool ByTenant => Shape.RowSecurityActive;

    internal TableSql Sql { get; }

    internal TenantSql Tenants { get; }

    /// <summary>Where the values of external rows are; null where the map has no store for them.</summary>
    internal TableStore? Store { get; }

    /// <summary>The column whose values are in the store; null where there is none.</summary>
    internal int? StoreColumn => Store is null ? null : Entry.ExternalStore!.Column;
}
