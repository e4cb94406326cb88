using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>Checks one mapped table and collects all its faults; each rule is a method.</summary>
internal sealed class TableCheck(
    NpgsqlConnection connection,
    TableEntry entry,
    bool forWriting,
    int? targetVersion,
    CancellationToken cancellationToken
)
{
    private readonly Catalog catalog = new(connection, cancellationToken);
    private readonly List<SchemaFault> faults = [];

    public IReadOnlyList<SchemaFault> Faults => faults;

    /// <summary>Returns the table's shape, or null if there are faults.</summary>
    public async Task<TableShape?> RunAsync()
    {
        var table = await FindTableAsync();
        if (table is null)
            return null;
        var leaves = await catalog.LeavesAsync(table.Oid, entry.Only);
        // Before the types are read: who reads rows compares them, and checks the table again where they differ.
        var numbers = await LeafColumns.ListAsync(
            connection,
            leaves.Select(leaf => leaf.Oid),
            entry,
            cancellationToken
        );
        var columns = await catalog.ColumnsAsync(table.Oid);
        CheckPresence(columns);
        if (faults.Count > 0)
            return null;
        var indexes = await catalog.IndexesAsync(table.Oid);
        CheckKey(columns, indexes);
        CheckVersion(columns[entry.Version.Name]);
        CheckTenant(columns[entry.Tenant.Name]);
        foreach (var column in entry.Columns)
            CheckEncrypted(column, columns[column.Name.Name]);
        CheckPrivileges(columns);
        var isForRotation = forWriting || targetVersion is not null;
        await new LeafCheck(catalog, entry, isForRotation, Fault).RunAsync(table, leaves);
        var rowSecurity = await new PolicyCheck(connection, entry, isForRotation, Fault).RunAsync(
            table,
            leaves,
            cancellationToken
        );
        if (faults.Count > 0)
            return null;
        var shape = Shape(table, columns, indexes, leaves, numbers, rowSecurity);
        await new StatementCheck(connection, entry, shape, Fault, cancellationToken).RunAsync(forWriting);
        return faults.Count == 0 ? shape : null;
    }

    private async Task<CatalogTable?> FindTableAsync()
    {
        var table = await catalog.FindTableAsync(entry.Table);
        if (table is null && await catalog.FindClosedSchemaAsync(entry.Table) is { } closed)
        {
            var schema = new SqlIdentifier(closed).Quoted;
            Fault($"the role may not use schema {schema}", $"GRANT USAGE ON SCHEMA {schema} TO the role");
        }
        else if (table is null)
        {
            var near = entry.Written is null ? NearNames.Hint(entry.Name, await catalog.TablesAsync()) : "";
            Fault("does not exist", $"correct the map (line {entry.Line}).{near}");
        }
        else if (table.Kind is not ("r" or "p"))
        {
            Fault(
                "is a view or a foreign table",
                $"name the table that holds the rows in the map (line {entry.Line})"
            );
            return null;
        }

        return table;
    }

    private void CheckPresence(IReadOnlyDictionary<string, CatalogColumn> columns)
    {
        foreach (
            var name in entry
                .Key.Append(entry.Tenant)
                .Append(entry.Version)
                .Concat(entry.Columns.Select(c => c.Name))
                .Concat(ObjectName)
        )
        {
            if (columns.ContainsKey(name.Name))
                continue;
            var fix =
                name.IsFromVariable ? $"correct the map (line {entry.Line}), or the variable"
                : name == entry.Version
                    ? $"add it: ALTER TABLE {TableName} ADD COLUMN {name.Shown} integer NOT NULL DEFAULT 1;"
                : $"correct the map (line {entry.Line}).{NearNames.Hint(name.Name, columns.Keys)}";
            Fault($"has no column {name.Shown}", fix);
        }
    }

    private void CheckKey(
        IReadOnlyDictionary<string, CatalogColumn> columns,
        IReadOnlyList<CatalogIndex> indexes
    )
    {
        if (!UniqueKey.IsOf(entry, columns, indexes))
            Fault(
                $"key ({UniqueKey.Text(entry)}) is not unique",
                "name the primary key, or columns with a unique index that are NOT NULL"
            );
    }

    private void CheckVersion(CatalogColumn column)
    {
        if (!Type(column).IsInteger)
            Fault(
                $"version column {entry.Version.Shown} is {column.Written}",
                "it must be smallint, integer or bigint"
            );
        if (column.Generated)
            Fault($"version column {entry.Version.Shown} is generated", "it must be one that can be written");
        if (targetVersion > short.MaxValue && Type(column).Base == "int2")
            Fault(
                $"version column {entry.Version.Shown} is {column.Written}, which can't hold version {targetVersion}",
                $"ALTER TABLE {TableName} ALTER COLUMN {entry.Version.Shown} TYPE integer"
            );
    }

    private void CheckTenant(CatalogColumn column)
    {
        if (entry.TenantPadding == true && Type(column).Base != "bpchar")
            Fault(
                $"tenant column {entry.Tenant.Shown} is {column.Written}, which is never padded",
                $"remove tenantPadding from the map (line {entry.Line})"
            );
    }

    private void CheckEncrypted(ColumnEntry column, CatalogColumn live)
    {
        var type = Type(live);
        if (type.Encoding is null)
            Fault(
                $"column {column.Name.Shown} is {live.Written}",
                "an encrypted column is text, varchar, bytea or jsonb"
            );
        else if (type.Base == "jsonb" && column.Path is null)
            Fault(
                $"column {column.Name.Shown} is jsonb",
                $"give the path of the string in the map (line {column.Line}), or \"\" where the document is the string itself"
            );
        else if (type.Base != "jsonb" && column.Path is not null)
            Fault(
                $"column {column.Name.Shown} is {live.Written}",
                $"remove its path from the map (line {column.Line})"
            );
        if (live.Generated)
            Fault($"column {column.Name.Shown} is generated", "name the column that it is computed from");
    }

    private void CheckPrivileges(IReadOnlyDictionary<string, CatalogColumn> columns)
    {
        var read = entry
            .Key.Append(entry.Tenant)
            .Append(entry.Version)
            .Concat(entry.Columns.Select(column => column.Name))
            .Concat(ObjectName);
        var write = entry.Columns.Select(column => column.Name).Append(entry.Version);
        Privilege("SELECT", read.Where(name => !columns[name.Name].MaySelect));
        if (forWriting)
            Privilege("UPDATE", write.Where(name => !columns[name.Name].MayUpdate));
    }

    private void Privilege(string privilege, IEnumerable<SqlIdentifier> denied)
    {
        var names = string.Join(", ", denied.Select(name => name.Shown));
        if (names.Length > 0)
            Fault($"the role may not {privilege} {names}", $"GRANT {privilege} ON {TableName} TO the role");
    }

    private TableShape Shape(
        CatalogTable table,
        IReadOnlyDictionary<string, CatalogColumn> columns,
        IReadOnlyList<CatalogIndex> indexes,
        IReadOnlyList<CatalogLeaf> leaves,
        IReadOnlyDictionary<long, string?> numbers,
        RowSecurity rowSecurity
    ) =>
        new()
        {
            Quoted = Name(table.Schema, table.Name).Quoted,
            Only = entry.Only,
            Leaves =
            [
                .. leaves.Select(leaf => new LeafTable(Name(leaf.Schema, leaf.Name))
                {
                    Oid = leaf.Oid,
                    Columns = numbers.GetValueOrDefault(leaf.Oid),
                }),
            ],
            Key = [.. entry.Key.Select(column => Type(columns[column.Name]))],
            Tenant = Type(columns[entry.Tenant.Name]),
            Columns = [.. entry.Columns.Select(column => Type(columns[column.Name.Name]))],
            HasTenantIndex = indexes.Any(index => index.Columns.FirstOrDefault() == entry.Tenant.Name),
            RowSecurityActive = rowSecurity.IsActive,
            Hiding = rowSecurity.Hiding,
            Sealing = rowSecurity.Sealing,
            UpdateTriggers = leaves.Select(leaf => leaf.UpdateTriggers).DefaultIfEmpty().Max(),
        };

    private IEnumerable<SqlIdentifier> ObjectName => entry.ExternalStore is { } store ? [store.Key] : [];

    private string TableName => entry.Written ?? entry.Table.Quoted;

    private void Fault(string problem, string fix) => faults.Add(new SchemaFault(entry, problem, fix));

    private static SqlName Name(string schema, string name) =>
        new(new SqlIdentifier(schema), new SqlIdentifier(name));

    private static ColumnType Type(CatalogColumn column) =>
        new(column.Written, column.Base)
        {
            Qualified = column.Qualified,
            Equality = column.Equality,
            IsLoose = column.Loose,
        };
}
