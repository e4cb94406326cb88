using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring.Reach;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Preflight;

/// <summary>
/// Finds columns that earlier rotations were for, that hold values, and that the map of today leaves out. A row has one version: a
/// rotation without them would raise it over values that keep their key, and no later one could read both.
/// </summary>
internal sealed class LeftColumns(RotationMap map, ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>
    /// Returns those of the given tables, unless the map says <c>formerColumns</c> of them. A database that is silent is left
    /// out, unless it <paramref name="mustAnswer"/>: then it throws <see cref="NpgsqlException"/> or
    /// <see cref="TimeoutException"/>. No word excuses a column that the <paramref name="running"/> rotation itself was for.
    /// </summary>
    public async Task<IReadOnlyList<LeftColumn>> FindAsync(
        IReadOnlyCollection<TableEntry> entries,
        bool mustAnswer,
        CancellationToken cancellationToken,
        Guid? running = null
    )
    {
        if (entries.Count == 0)
            return [];
        var (columns, tables) = await RecordedAsync(mustAnswer, cancellationToken);
        if (columns.Count == 0)
            return [];
        var asked = entries.Select(entry => entry.Database).ToHashSet();
        var found = await SomeAtOnce.SelectAsync(
            map.Tables.Where(table => asked.Contains(table.Database)).GroupBy(table => table.Database),
            SomeAtOnce.Databases,
            async same =>
                (
                    Database: same.Key,
                    Entries: same.ToList(),
                    Tables: await AnswerAsync(token => new TableTrees(databases).FindAsync([.. same], token))
                ),
            cancellationToken
        );
        var own = found.Where(one => one.Tables is not null).ToList();
        var homes = new RecordedHomes([.. own.Select(one => (one.Database, one.Tables!.Identity))]);
        var left = await SomeAtOnce.SelectAsync(
            own,
            SomeAtOnce.Databases,
            one => FindAsync(one.Database, one.Entries, one.Tables!),
            cancellationToken
        );
        return [.. left.SelectMany(columns => columns)];

        async Task<IReadOnlyList<LeftColumn>> FindAsync(
            string database,
            List<TableEntry> mapped,
            FoundTables there
        )
        {
            List<(TableEntry Entry, TableTree Tree)> known = [.. mapped.Zip(there.Tables)];
            var place = (database, there.Identity);
            var recorded = columns
                .Where(column => homes.MayBeIn(column.Identity, column.Database, place))
                .ToList();
            var parts = tables.Where(table => homes.MayBeIn(table.Identity, table.Database, place));
            var unreached = await AnswerAsync<IReadOnlyList<UnreachedColumn>>(async token =>
                await new UnreachedColumns(databases).FindAsync(
                    database,
                    known,
                    [
                        .. recorded
                            .Concat(UnreachedParts.Columns(known, parts, recorded))
                            .SelectMany(column => UnreachedColumns.Standing(column, there.Identity)),
                    ],
                    token
                )
            );
            var lacking = new List<LeftColumn>();
            foreach (var column in unreached ?? [])
                if (Lacking(known, column) is { } entry && await HasValuesAsync(database, column))
                    lacking.Add(new LeftColumn(entry, column));
            return lacking;
        }

        async Task<T?> AnswerAsync<T>(Func<CancellationToken, Task<T>> ask)
            where T : class =>
            mustAnswer
                ? await ask(cancellationToken)
                : await DatabaseQuestion.AskAsync(ask, cancellationToken);

        // It may read a whole table, which takes its time.
        async Task<bool> HasValuesAsync(string database, UnreachedColumn column)
        {
            try
            {
                return await new HeldPlace(databases).HasValuesAsync(
                    database,
                    column.Column,
                    column.Recorded.Path,
                    cancellationToken
                );
            }
            catch (Exception fault) when (!mustAnswer && Faults.IsOfDatabase(fault))
            {
                return false;
            }
        }

        // The entry whose rows hold the column and that neither names it nor leaves it out on purpose.
        TableEntry? Lacking(List<(TableEntry Entry, TableTree Tree)> known, UnreachedColumn column) =>
            known
                .Where(table => entries.Contains(table.Entry) && Shows(table.Entry, table.Tree, column))
                .Select(table => table.Entry)
                .FirstOrDefault(entry =>
                    !UnreachedColumns.Names(entry, column.Column.Name, column.Recorded.Path)
                    && (
                        column.Recorded.RotationId == running
                        || !entry.FormerColumns.Contains(LeftColumn.Place(column))
                    )
                );
    }

    // Who may not read the records can't rotate either: where it need not be known yet, the check of the control schema says so.
    private async Task<(
        IReadOnlyList<RotatedColumn> Columns,
        IReadOnlyList<RotatedTable> Tables
    )> RecordedAsync(bool mustAnswer, CancellationToken cancellationToken)
    {
        try
        {
            return (
                await new RotatedColumns(control).ListAsync(cancellationToken),
                await new RotatedTables(control).ListAsync(cancellationToken)
            );
        }
        catch (PostgresException fault)
            when (!mustAnswer && fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return ([], []);
        }
    }

    private static bool Shows(TableEntry entry, TableTree tree, UnreachedColumn column) =>
        entry.Only ? tree.Own == column.Column.Relation : tree.Around.Contains(column.Column.Relation);
}
