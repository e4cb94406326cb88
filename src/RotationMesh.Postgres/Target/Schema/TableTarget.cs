using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>A table of the map that was found in its database and may be rotated.</summary>
public sealed class TableTarget
{
    /// <summary>Joins a map entry, its live shape and the formats of its columns.</summary>
    public TableTarget(TableEntry entry, TableShape shape, EnvelopeFormats formats)
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
}
