using Npgsql;
using RotationMesh.Core.External;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>Checks that the store of a table's external values can be read and written, with the object of one row.</summary>
public sealed class StoreLook(ApplicationDatabases databases)
{
    /// <summary>
    /// Returns whether the store was asked, and its fault in one sentence without secrets (null: none). It is not asked
    /// where no row's value is in a store, or policies show one tenant at a time. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<(bool Asked, string? Fault)> LookAsync(
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Store is not { } store || target.Entry.ExternalStore is not { } entry || target.ByTenant)
            return (false, null);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        await using var command = new NpgsqlCommand(
            $"SELECT t.{entry.Key.Quoted}::pg_catalog.text FROM {target.Shape.From} AS t WHERE {target.Sql.Elsewhere} AND t.{entry.Key.Quoted} IS NOT NULL LIMIT 1",
            connection
        );
        if (await command.ExecuteScalarAsync(cancellationToken) is not string name)
            return (false, null);
        try
        {
            var value = await store.Values.ReadAsync(name, cancellationToken);
            await value.EnsureReplaceableAsync(cancellationToken);
            return (true, null);
        }
        catch (ExternalStoreException fault)
        {
            return (true, fault.Message);
        }
    }
}
