using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Reads one unit within its bounds and judges its values; the session is read-only and waits 2 s for a lock at most.
/// </summary>
internal sealed class UnitReading(
    NpgsqlConnection connection,
    ScanUnit unit,
    ScanDepth depth,
    EnvelopeOpener opener,
    SearchTerms terms,
    RowTenants tenants
)
{
    /// <summary>Longest wait for a table that another session locks, in milliseconds.</summary>
    private const int LockTimeoutMs = 2_000;

    private readonly Dictionary<int, ColumnTally> tallies = [];
    private long rows;
    private long large;

    /// <summary>Whether the connection is still open for other units.</summary>
    public bool CanGoOn => connection.State == System.Data.ConnectionState.Open;

    /// <summary>Returns whether what is to be read has not been dropped.</summary>
    public Task<bool> IsThereAsync(CancellationToken cancellationToken) =>
        ScanCatalog.HasAsync(connection, unit.Relation.Oid, cancellationToken);

    /// <summary>
    /// Returns what was seen. Throws <see cref="PostgresException"/> where the server refuses to read the unit.
    /// </summary>
    public async Task<TableLook> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var at in unit.Judged)
            tallies[at] = new ColumnTally(
                unit.Relation.Names[at],
                unit.Declared.GetValueOrDefault(unit.Relation.Names[at]),
                opener,
                terms
            );
        var sql = new UnitSql(unit, depth, connection.PostgreSqlVersion);
        await ExecuteAsync(
            $"BEGIN READ ONLY; SET LOCAL lock_timeout = {LockTimeoutMs}; SET LOCAL bytea_output = 'hex'; "
                + $"SET LOCAL statement_timeout = {Longest}",
            cancellationToken
        );
        try
        {
            var isComplete = await ReadRowsAsync(sql, cancellationToken);
            foreach (var tally in tallies.Values)
                tally.End();
            return Look(sql, isComplete);
        }
        finally
        {
            if (CanGoOn)
                await ExecuteAsync("ROLLBACK", CancellationToken.None);
        }
    }

    // Statement timeout in milliseconds. The server also counts the time in which nobody reads its answer.
    private int Longest =>
        (int)
            Math.Clamp(
                (2 * depth.TableTime.TotalMilliseconds) + depth.SearchTime.TotalMilliseconds,
                1,
                int.MaxValue
            );

    // True where the rows ended before the bounds were reached.
    private async Task<bool> ReadRowsAsync(UnitSql sql, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var searched = terms.Budget.Used;
        await using var command = new NpgsqlCommand(sql.Text, connection) { AllResultTypesAreUnknown = true };
        var reader = await command.ExecuteReaderAsync(cancellationToken);
        var isOver = false;
        try
        {
            while (!isOver)
            {
                if (!await reader.ReadAsync(cancellationToken))
                    return true;
                Judge(reader, sql.Columns);
                isOver = clock.Elapsed - (terms.Budget.Used - searched) > depth.TableTime;
            }

            command.Cancel();
            return false;
        }
        finally
        {
            await CloseAsync(reader, isOver);
        }
    }

    private static async Task CloseAsync(NpgsqlDataReader reader, bool isCancelled)
    {
        try
        {
            await reader.DisposeAsync();
        }
        catch (PostgresException fault)
            when (isCancelled && fault.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            // The cancellation was asked for.
        }
    }

    private void Judge(NpgsqlDataReader reader, IReadOnlyList<int> columns)
    {
        rows++;
        if (reader.GetString(0) == "t")
            large++;
        var values = new string?[columns.Count];
        for (var at = 0; at < values.Length; at++)
            values[at] = reader.IsDBNull(at + 1) ? null : reader.GetString(at + 1);

        NearTenants? near = null;
        NearTenants Near() => near ??= tenants.Of([.. columns.Select(at => unit.Relation.Names[at])], values);
        for (var at = 0; at < values.Length; at++)
            if (values[at] is { } value && tallies.TryGetValue(columns[at], out var tally))
                tally.Add(value, Near);
    }

    private TableLook Look(UnitSql sql, bool isComplete) =>
        new()
        {
            Table = unit.Relation.Shown,
            FinalizeWith = unit.Relation.FinalizeWith,
            RowsLookedAt = rows,
            Rows =
                sql.IsWhole && isComplete ? rows
                : unit.Rows is { } known ? Math.Max(known, rows)
                : null,
            Whole = sql.IsWhole && isComplete,
            CutShort = !isComplete,
            IsUnfinished = sql.IsWhole && !isComplete,
            RowsWithLargeValues = large,
            RowSecurity = unit.Relation.RowSecurity,
            Columns = [.. tallies.Values.Select(tally => new ColumnLook(tally.Column, tally.Values))],
            Found = [.. tallies.Values.SelectMany(tally => tally.Found)],
            Untried = [.. tallies.Values.SelectMany(tally => tally.Untried)],
        };

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
