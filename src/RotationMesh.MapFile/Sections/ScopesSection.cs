using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>scopes</c>: named groups of tables.</summary>
internal static class ScopesSection
{
    /// <summary>The name for all scopes on the command line.</summary>
    private const string Reserved = "all";

    /// <summary>Reads the scopes in the order of the file, at least one, none of them empty.</summary>
    public static IReadOnlyList<ScopeEntry> Read(MapNode node, DeclaredNames declared)
    {
        ScopeEntry[] scopes = [.. node.Entries().Select(entry => Read(entry, declared))];
        if (scopes.Length == 0)
            throw node.Fault("scopes is empty: declare at least one scope with a table");
        RefuseRepeatedTables(scopes, node);
        return scopes;
    }

    private static ScopeEntry Read(MapEntry entry, DeclaredNames declared)
    {
        if (string.Equals(entry.Key, Reserved, StringComparison.OrdinalIgnoreCase))
            throw entry.Value.Fault(
                $"a scope cannot be named '{entry.Key}': it stands for every scope. Name it otherwise"
            );
        return new ScopeEntry(
            entry.Key,
            [.. entry.Value.Items().Select(item => TableSection.Read(item, entry.Key, declared))]
        );
    }

    // A table with two entries would be planned twice and counted twice.
    private static void RefuseRepeatedTables(ScopeEntry[] scopes, MapNode node)
    {
        var first = new Dictionary<(string Database, SqlName Table), TableEntry>();
        foreach (var table in scopes.SelectMany(scope => scope.Tables))
        {
            if (!first.TryAdd((table.Database, table.Table), table))
                throw node.FaultAt(
                    table.Line,
                    $"the table {Quotation.Of(table.Shown)} stands in the map already, at line {first[(table.Database, table.Table)].Line}: keep one of the two"
                );
        }
    }
}
