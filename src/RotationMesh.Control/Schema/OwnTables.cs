using RotationMesh.Core.Map;

namespace RotationMesh.Control.Schema;

/// <summary>The program's own tables by their names: they hold no value of the application.</summary>
public static class OwnTables
{
    /// <summary>All of them, the journal too.</summary>
    public static IReadOnlyList<SqlName> All { get; } =
    [
        .. ControlTable
            .All.Select(table => table.Name)
            .Append(ControlSchemaState.Journal)
            .Select(name => new SqlName(new SqlIdentifier("rotationmesh"), new SqlIdentifier(name))),
    ];
}
