using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Policies;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Checks which rows of a table row-level security shows to this role. If the map names the tenant setting, a rotation goes
/// tenant by tenant. A table is refused if a policy may hide rows of a tenant: they would keep their old key, and no count
/// would notice.
/// </summary>
internal sealed class PolicyCheck(
    NpgsqlConnection connection,
    TableEntry entry,
    bool isForRotation,
    Action<string, string> fault
)
{
    /// <summary>Returns the row-level security of the table and its leaves, and reports what forbids a rotation.</summary>
    public async Task<RowSecurity> RunAsync(
        CatalogTable table,
        IEnumerable<CatalogLeaf> leaves,
        CancellationToken cancellationToken
    )
    {
        var active = new Dictionary<long, string>();
        if (table.RowSecurityActive)
            active[table.Oid] = Quoted(table.Schema, table.Name);
        foreach (var leaf in leaves.Where(leaf => leaf.RowSecurityActive))
            active[leaf.Oid] = Quoted(leaf.Schema, leaf.Name);
        if (active.Count == 0)
            return new RowSecurity(false, [], []);
        if (entry.RowLevelSecurity is not { } security)
        {
            fault(
                "row-level security shows this role only a part of the rows",
                $"use a role with BYPASSRLS, or give rowLevelSecurity: {{ setting: … }} in the map (line {entry.Line})"
            );
            return new RowSecurity(true, [], []);
        }

        var policies = (
            await TablePolicies.ListAsync(connection, [.. active.Keys], entry.Tenant.Name, cancellationToken)
        ).ToLookup(policy => policy.Table);
        var found = new RowSecurity(
            true,
            [
                .. active.SelectMany(one =>
                    PolicyDoubts.OfReading(one.Value, policies[one.Key], security.Setting)
                ),
            ],
            [
                .. active.SelectMany(one =>
                    PolicyDoubts.OfUpdating(one.Value, policies[one.Key], security.Setting)
                ),
            ]
        );
        // A caller that only counts shows the doubts beside the counts.
        if (isForRotation)
            foreach (var doubt in found.Hiding)
                fault(doubt.Problem, doubt.Fix);
        return found;
    }

    private static string Quoted(string schema, string name) =>
        new SqlName(new SqlIdentifier(schema), new SqlIdentifier(name)).Quoted;
}

/// <summary>Whether policies apply to this role, and which rows they may hide from it.</summary>
internal sealed record RowSecurity(
    bool IsActive,
    IReadOnlyList<PolicyDoubt> Hiding,
    IReadOnlyList<PolicyDoubt> Sealing
);
