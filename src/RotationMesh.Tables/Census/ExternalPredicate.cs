using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Finds out whether an error of a count comes from the map's predicate <c>external</c> (a cast or a division that
/// fails over a row), by evaluating the predicate alone.
/// </summary>
internal sealed class ExternalPredicate(ApplicationDatabases databases, MappedTable target)
{
    /// <summary>
    /// Returns the result of a step of the count. Throws <see cref="UsageException"/> with the line of the map where the
    /// predicate is at fault. The message leaves out the server's text, which quotes the row.
    /// </summary>
    public async Task<T> OrExplainAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (PostgresException fault)
            when (target.Entry.External is not null && fault.SqlState != PostgresErrorCodes.LockNotAvailable)
        {
            if (await FindFaultAsync(cancellationToken) is not { } own)
                throw;
            var entry = target.Entry;
            throw new UsageException(
                $"table {entry.Shown} (scope {entry.Scope}, database {entry.Database}): the predicate `external` fails on "
                    + $"some of its rows (SQLSTATE {own}); write it so that it is true or false for every row (line {entry.Line} of the map)",
                fault
            );
        }
    }

    private async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        await using var command = new NpgsqlCommand(
            $"SELECT pg_catalog.count(*) FROM {target.Shape.From} AS t WHERE {target.Sql.Elsewhere}",
            connection
        );
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return null;
        }
        catch (PostgresException fault) when (fault.IsOfExpression())
        {
            return fault.SqlState;
        }
    }
}
