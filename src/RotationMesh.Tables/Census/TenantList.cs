using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Lists the tenants of a table whose policies show one tenant at a time. The table itself can't tell them: they come
/// from the map's query, or from the table that its own foreign key on the tenant column references.
/// </summary>
internal sealed class TenantList(NpgsqlConnection connection)
{
    // Only this table's own foreign key tells its tenants. Rows may have other tenants where the key is not validated or
    // its triggers are disabled, or in a table that inherits from this one: the key does not apply there.
    private const string FindReferenced = """
        SELECT pg_catalog.format('SELECT %I::pg_catalog.text FROM %I.%I ORDER BY 1', r.attname, n.nspname, p.relname) AS Query,
               pg_catalog.format('foreign key %I to %I.%I', f.conname, n.nspname, p.relname) AS Source
        FROM pg_catalog.pg_constraint f
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) f.conrelid AND a.attnum OPERATOR(pg_catalog.=) f.conkey[1]
        JOIN pg_catalog.pg_attribute r
          ON r.attrelid OPERATOR(pg_catalog.=) f.confrelid AND r.attnum OPERATOR(pg_catalog.=) f.confkey[1]
        JOIN pg_catalog.pg_class p ON p.oid OPERATOR(pg_catalog.=) f.confrelid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.relnamespace
        WHERE f.contype OPERATOR(pg_catalog.=) 'f' AND pg_catalog.array_length(f.conkey, 1) OPERATOR(pg_catalog.=) 1
          AND a.attname OPERATOR(pg_catalog.=) @column
          AND f.conrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(@table) AND f.convalidated
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g
                          WHERE g.tgconstraint OPERATOR(pg_catalog.=) f.oid AND g.tgenabled OPERATOR(pg_catalog.=) 'D')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                          JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
                          WHERE i.inhparent OPERATOR(pg_catalog.=) f.conrelid AND NOT c.relispartition)
          AND pg_catalog.has_column_privilege(p.oid, r.attnum, 'SELECT') AND NOT pg_catalog.row_security_active(p.oid)
        ORDER BY f.oid LIMIT 1
        """;

    /// <summary>
    /// Does what <see cref="FindAsync"/> does, and throws <see cref="UsageException"/> where nothing lists the tenants.
    /// </summary>
    public async Task<IReadOnlyList<string>> AllAsync(
        MappedTable target,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(target, cancellationToken)
        ?? throw new UsageException(
            $"table {target.Entry.Shown}: row-level security hides which tenants there are, and no validated foreign key "
                + $"of its own on {target.Entry.Tenant.Shown} leads to a table that lists them; name tenants with --tenant, or give "
                + $"rowLevelSecurity: {{ tenants: \"SELECT id FROM …\" }} in the map (line {target.Entry.Line})"
        );

    /// <summary>
    /// Returns all tenants, with the one that stands for NULL; null where nothing lists them. Throws
    /// <see cref="UsageException"/> where rows have no tenant and the map names none for NULL, where the map's query is
    /// refused, and where a listed tenant does not fit the column.
    /// </summary>
    public async Task<IReadOnlyList<string>?> FindAsync(
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        var entry = target.Entry;
        var listing =
            entry.RowLevelSecurity!.Tenants ?? (await FindListingAsync(target, cancellationToken))?.Query;
        if (listing is null)
            return null;
        var tenants = await ListAsync(target, listing, cancellationToken);
        if (entry.TenantWhenNull is { } whenNull)
            return [.. tenants.Append(whenNull).Distinct()];
        if (tenants.Count > 0 && await HasRowsWithoutTenantAsync(target, tenants[0], cancellationToken))
            throw new UsageException(
                $"table {entry.Shown}: rows without tenant belong to none of the tenants that it is rotated by; "
                    + $"give tenantWhenNull in the map (line {entry.Line}), or a role with BYPASSRLS"
            );
        return [.. tenants.Distinct()];
    }

    /// <summary>Says where the tenants come from; null where nothing lists them.</summary>
    public async Task<string?> SourceAsync(MappedTable target, CancellationToken cancellationToken) =>
        target.Entry.RowLevelSecurity?.Tenants is not null
            ? $"the map's query rowLevelSecurity.tenants (line {target.Entry.Line})"
            : (await FindListingAsync(target, cancellationToken))?.Source;

    private async Task<IReadOnlyList<string>> ListAsync(
        MappedTable target,
        string listing,
        CancellationToken cancellationToken
    )
    {
        var entry = target.Entry;
        try
        {
            var listed = await ReadAsync(listing, cancellationToken);
            return await new TenantText(connection, target).CanonicalAsync(listed, cancellationToken);
        }
        catch (PostgresException refusal)
            when (entry.RowLevelSecurity!.Tenants is not null
                && refusal.IsOfExpression()
                && !refusal.MayPass()
            )
        {
            var says = entry.HasSqlFromVariable || !refusal.SpeaksOfNames() ? "" : $": {refusal.MessageText}";
            throw new UsageException(
                $"table {entry.Shown}: the query rowLevelSecurity.tenants (line {entry.Line} of the map) is refused"
                    + $"{says} (SQLSTATE {refusal.SqlState})",
                refusal
            );
        }
    }

    // Reads tenants of any type as the database writes them, but without the spaces that pad a char(n): a cast to text
    // drops them too.
    private async Task<IReadOnlyList<string>> ReadAsync(string listing, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(listing, connection);
        command.AllResultTypesAreUnknown = true;
        var tenants = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var isPadded = reader.FieldCount > 0 && IsPadded(reader.GetDataTypeName(0));
        while (await reader.ReadAsync(cancellationToken))
            if (!reader.IsDBNull(0))
                tenants.Add(isPadded ? reader.GetString(0).TrimEnd(' ') : reader.GetString(0));
        return tenants;
    }

    private static bool IsPadded(string type) => type.Split('(')[0] is "character";

    // A policy that shows rows without a tenant shows them whichever tenant is set. If nobody looked, such rows would look
    // rotated.
    private async Task<bool> HasRowsWithoutTenantAsync(
        MappedTable target,
        string anyTenant,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(TenantSetting.Command(target, anyTenant));
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(
                $"SELECT 1 FROM {target.Shape.From} AS t WHERE t.{target.Entry.Tenant.Quoted} IS NULL LIMIT 1"
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    private Task<Listing?> FindListingAsync(MappedTable target, CancellationToken cancellationToken) =>
        connection.QueryFirstOrDefaultAsync<Listing>(
            new CommandDefinition(
                FindReferenced,
                new { column = target.Entry.Tenant.Name, table = target.Shape.Quoted },
                cancellationToken: cancellationToken
            )
        );

    private sealed record Listing
    {
        public string Query { get; init; } = "";
        public string Source { get; init; } = "";
    }
}
