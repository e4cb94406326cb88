using System.Globalization;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads a table of a scope.</summary>
internal static class TableSection
{
    internal static readonly KeySet Keys = new(
        Required: ["table", "key", "tenant", "version", "columns"],
        Optional:
        [
            "database",
            "only",
            "tenantWhenNull",
            "tenantPadding",
            "versionWhenNull",
            "external",
            "externalStore",
            "rowLevelSecurity",
            "mostlyEmpty",
            "largestValue",
            "formerColumns",
        ]
    );

    /// <summary>Reads the table; the database and the formats that it names are among <paramref name="declared"/>.</summary>
    public static TableEntry Read(MapNode node, string scope, DeclaredNames declared)
    {
        var fields = node.Fields(Keys);
        var table = new TableEntry
        {
            Scope = scope,
            Table = SqlNames.Table(fields.Required("table")),
            Written = fields.Required("table").Text() is { IsFromVariable: true } name
                ? Quotation.Part(name.Written)
                : null,
            Database = declared.Database(fields.Optional("database"), node),
            Only = fields.Optional("only") is { } only && Flags.Read(only),
            Key = Key(fields.Required("key")),
            Tenant = SqlNames.Column(fields.Required("tenant")),
            TenantWhenNull = fields.Optional("tenantWhenNull")?.Text().Value,
            TenantPadding = fields.Optional("tenantPadding") is { } padding ? Flags.Read(padding) : null,
            Version = SqlNames.Column(fields.Required("version")),
            VersionWhenNull = fields.Optional("versionWhenNull") is { } version
                ? PositiveInteger(version)
                : null,
            External = fields.Optional("external")?.Text().Value,
            RowLevelSecurity = RowLevelSecuritySection.Read(fields.Optional("rowLevelSecurity")),
            Columns = ColumnsSection.Read(
                fields.Required("columns"),
                declared,
                mostlyEmpty: fields.Optional("mostlyEmpty") is { } flag && Flags.Read(flag)
            ),
            LargestValue = fields.Optional("largestValue") is { } size
                ? Sizes.Read(size)
                : TableEntry.DefaultLargestValue,
            FormerColumns = fields.Optional("formerColumns") is { } former
                ? [.. former.Items().Select(column => column.Text().Value)]
                : [],
            HasSqlFromVariable =
                fields.Optional("external")?.Text().IsFromVariable == true
                || RowLevelSecuritySection.IsFromVariable(fields.Optional("rowLevelSecurity")),
            Line = node.Line,
        };
        ColumnRoles.Check(table, fields);
        return fields.Optional("externalStore") is { } store
            ? table with
            {
                ExternalStore = ExternalStoreSection.Read(store, table),
            }
            : table;
    }

    private static SqlIdentifier[] Key(MapNode node) =>
        node.IsList ? [.. node.Items().Select(SqlNames.Column)] : [SqlNames.Column(node)];

    internal static int PositiveInteger(MapNode node) =>
        int.TryParse(node.Text().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : throw node.Fault($"{node.Name} is not a positive integer");
}
