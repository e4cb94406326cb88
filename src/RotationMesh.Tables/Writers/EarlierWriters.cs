using System.Diagnostics;
using Npgsql;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Finds the transactions that write tables of one database, or anywhere in it, and waits for those that were open at a certain
/// moment. It does not wait for later ones, so an application that always has some writer open delays nothing. A count that
/// begins afterwards sees every row that the awaited transactions committed.
/// </summary>
public sealed class EarlierWriters
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly ApplicationDatabases databases;
    private readonly string database;
    private readonly Func<NpgsqlConnection, CancellationToken, Task<IReadOnlyList<OpenWriter>>> find;
    private List<Seen> seen = [];
    private long? lookedAt;

    /// <summary>Watches those that write the tables, which are of one database, or what inherits from them.</summary>
    public EarlierWriters(ApplicationDatabases databases, IReadOnlyList<MappedTable> targets)
        : this(
            databases,
            targets[0].Entry.Database,
            (connection, cancellationToken) =>
                new WriterLook(connection).FindAsync(
                    targets.Select(target => target.Shape.Quoted),
                    cancellationToken
                )
        ) { }

    private EarlierWriters(
        ApplicationDatabases databases,
        string database,
        Func<NpgsqlConnection, CancellationToken, Task<IReadOnlyList<OpenWriter>>> find
    ) => (this.databases, this.database, this.find) = (databases, database, find);

    /// <summary>Watches every transaction of a database: each may commit, to any table, what it has read in any other.</summary>
    public static EarlierWriters Anywhere(ApplicationDatabases databases, string database) =>
        new(
            databases,
            database,
            (connection, cancellationToken) => new TransactionLook(connection).FindAsync(cancellationToken)
        );

    /// <summary>The awaited transactions that have not ended yet; none before the first look.</summary>
    public IReadOnlyList<OpenWriter> Open => [.. seen.Where(one => one.Awaited).Select(one => one.Writer)];

    /// <summary>All transactions that the last look found.</summary>
    internal IReadOnlyList<OpenWriter> All => [.. seen.Select(one => one.Writer)];

    /// <summary>
    /// Waits until the awaited transactions have ended, or until <paramref name="longest"/> is over; returns whether they have
    /// ended. At first, all that the first look finds are awaited. Holds no connection between two looks.
    /// </summary>
    public async Task<bool> HaveEndedAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await LookAsync(cancellationToken);
            if (!seen.Any(one => one.Awaited))
                return true;
            if (Stopwatch.GetElapsedTime(started) + pause > longest)
                return false;
            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <summary>Marks all transactions that the last look found as awaited.</summary>
    internal void AwaitAll() => seen = [.. seen.Select(one => one with { Awaited = true })];

    /// <summary>
    /// Returns whether every transaction that the last look found began less than <paramref name="age"/> before it. This is
    /// known from the earlier looks, not from the server: it does not show most roles when the transactions of others began.
    /// </summary>
    internal bool AreYounger(TimeSpan age) =>
        seen.TrueForAll(one =>
            one.AbsentAt is { } absent && Stopwatch.GetElapsedTime(absent, lookedAt!.Value) < age
        );

    /// <summary>Reads which transactions are open now.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        await LookAsync(connection, cancellationToken);
    }

    /// <inheritdoc cref="LookAsync(CancellationToken)"/>
    internal async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var at = Stopwatch.GetTimestamp();
        Keep(await find(connection, cancellationToken));
        lookedAt = at;
    }

    /// <summary>Describes the awaited transactions, the oldest first.</summary>
    public override string ToString() => Describe(Open);

    private void Keep(IReadOnlyList<OpenWriter> now)
    {
        var gone = seen.Where(one => !now.Any(one.Writer.Is)).ToList();
        // A transaction that had no id yet, and is gone: it may be any of the new prepared ones.
        var nameless = gone.Where(one => one.Writer.Ids.Count == 0).ToList();
        seen = [.. now.Select(writer => Follow(writer, nameless))];
    }

    private Seen Follow(OpenWriter writer, IReadOnlyList<Seen> nameless)
    {
        if (seen.Find(one => one.Writer.Is(writer)) is { } before)
            return before with { Writer = writer with { Ids = [.. writer.Ids.Union(before.Writer.Ids)] } };
        var begun = new Seen(writer, lookedAt, Awaited: lookedAt is null);
        return writer.Gid is null || nameless.Count == 0
            ? begun
            : begun with
            {
                AbsentAt = nameless.Any(one => one.AbsentAt is null)
                    ? null
                    : nameless.Min(one => one.AbsentAt),
                Awaited = nameless.Any(one => one.Awaited),
            };
    }

    /// <summary>Names transactions in one line: the first three, and how many more there are.</summary>
    public static string Describe(IReadOnlyList<OpenWriter> writers)
    {
        ArgumentNullException.ThrowIfNull(writers);
        const int Named = 3;
        var more = writers.Count > Named ? $", and {writers.Count - Named} more" : "";
        return string.Join(", ", writers.Take(Named)) + more;
    }

    // AbsentAt: when the last look that did not find it took place; null where there was none.
    private sealed record Seen(OpenWriter Writer, long? AbsentAt, bool Awaited);
}
