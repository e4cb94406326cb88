using Npgsql;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Counts the rows of a table by key version, read-only. The database's answer, and not a counter, decides whether a
/// rotation is complete.
/// </summary>
public sealed class TableCensus(ApplicationDatabases databases)
{
    /// <summary>Counts by version; <paramref name="tenants"/> null counts all tenants.</summary>
    public async Task<IReadOnlyList<VersionCount>> CountAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        return await CountAsync(connection, target, tenants, cancellationToken);
    }

    /// <summary>Counts each table by version.</summary>
    public async Task<IReadOnlyList<RowsByVersion>> CountAsync(
        IEnumerable<MappedTable> targets,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(targets);
        var counted = new List<RowsByVersion>();
        foreach (var target in targets)
            counted.Add(new RowsByVersion(target, await CountAsync(target, tenants, cancellationToken)));
        return counted;
    }

    /// <summary>Counts by version over the caller's connection, in its transaction.</summary>
    internal async Task<IReadOnlyList<VersionCount>> CountAsync(
        NpgsqlConnection connection,
        MappedTable target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var tally = new VersionTally(target);
        await foreach (
            var reader in RunAsync(
                connection,
                target,
                tally.Columns,
                VersionTally.Grouping,
                tenants,
                cancellationToken
            )
        )
            tally.Add(reader);
        return tally.Counts;
    }

    /// <summary>Counts by tenant and version, in the order of tenants; streamed, as there may be a million tenants.</summary>
    public async IAsyncEnumerable<TenantCount> CountByTenantAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var tenant = target.Tenants.Text;
        if (target.Entry.TenantWhenNull is { } whenNull)
            tenant = $"coalesce({tenant}, '{whenNull.Replace("'", "''", StringComparison.Ordinal)}')";
        var columns = $"{tenant}, {target.Sql.Version}::bigint, {target.Sql.External}, pg_catalog.count(*)";
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        await foreach (
            var reader in RunAsync(
                connection,
                target,
                columns,
                "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                tenants,
                cancellationToken
            )
        )
        {
            yield return new TenantCount(
                reader.IsDBNull(0) ? null : reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.GetBoolean(2),
                reader.GetInt64(3)
            );
        }
    }

    private async IAsyncEnumerable<NpgsqlDataReader> RunAsync(
        NpgsqlConnection connection,
        MappedTable target,
        string columns,
        string grouping,
        IReadOnlyList<string>? tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (tenants is not null)
            await new TenantText(connection, target).EnsureFitsAsync(tenants, cancellationToken);
        var predicate = new ExternalPredicate(databases, target);
        IEnumerable<string?> parts = [null];
        if (target.ByTenant)
            parts = tenants ?? await new TenantList(connection).AllAsync(target, cancellationToken);
        foreach (var tenant in parts)
        {
            var query = new QueryText("true");
            IReadOnlyList<string>? wanted = tenant is null ? tenants : [tenant];
            if (wanted is not null)
            {
                query.Add(target.Tenants.Comparable(wanted));
                var withNull = target.Entry.TenantWhenNull is { } whenNull && wanted.Contains(whenNull);
                query.Where(target.Tenants.In(query.Count, withNull));
            }

            await using var batch = new NpgsqlBatch(connection);
            if (target.ByTenant)
                batch.BatchCommands.Add(TenantSetting.Command(target, tenant));
            batch.BatchCommands.Add(
                query.Command($"SELECT {columns} FROM {target.Shape.From} AS t", grouping)
            );
            await using var reader = await predicate.OrExplainAsync(
                () =>
                    new LockedTables(databases).OrExplainAsync(
                        [target.Entry],
                        () => batch.ExecuteReaderAsync(cancellationToken),
                        cancellationToken
                    ),
                cancellationToken
            );
            if (target.ByTenant)
                await reader.NextResultAsync(cancellationToken);
            while (
                await predicate.OrExplainAsync(() => reader.ReadAsync(cancellationToken), cancellationToken)
            )
                yield return reader;
        }
    }
}
