using System.Diagnostics;
using Npgsql;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// The transactions that have begun to write tables of one database, and waits until those have ended that were open when
/// it was said so; later ones are not waited for, so an application that always has some writer open holds up nothing. A
/// count that begins afterwards sees every row that they committed.
/// </summary>
public sealed class EarlierWriters(ApplicationDatabases databases, IReadOnlyList<MappedTable> targets)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private List<Seen> seen = [];
    private long? lookedAt;

    /// <summary>Those that are waited for and have not ended yet; none before the first look.</summary>
    public IReadOnlyList<OpenWriter> Open => [.. seen.Where(one => one.Awaited).Select(one => one.Writer)];

    /// <summary>Everybody whom the last look found.</summary>
    internal IReadOnlyList<OpenWriter> All => [.. seen.Select(one => one.Writer)];

    /// <summary>
    /// Waits until those have ended that are waited for (at first: whom the first look finds), at most as long as
    /// <paramref name="longest"/>; returns whether they have. No connection is held between two looks.
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

    /// <summary>From now on everybody is waited for whom the last look found.</summary>
    internal void AwaitAll() => seen = [.. seen.Select(one => one with { Awaited = true })];

    /// <summary>
    /// Whether everybody whom the last look found began less than <paramref name="age"/> before it. It goes by the looks
    /// before, and not by what the server tells: most roles are not shown when others began.
    /// </summary>
    internal bool AreYounger(TimeSpan age) =>
        seen.TrueForAll(one =>
            one.AbsentAt is { } absent && Stopwatch.GetElapsedTime(absent, lookedAt!.Value) < age
        );

    /// <summary>Looks who is open now.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.OpenReadingAsync(
            targets[0].Entry.Database,
            cancellationToken
        );
        await LookAsync(connection, cancellationToken);
    }

    /// <inheritdoc cref="LookAsync(CancellationToken)"/>
    internal async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var at = Stopwatch.GetTimestamp();
        Keep(
            await new WriterLook(connection).FindAsync(
                targets.Select(target => target.Shape.Quoted),
                cancellationToken
            )
        );
        lookedAt = at;
    }

    /// <summary>Their names, the oldest first.</summary>
    public override string ToString() => Describe(Open);

    private void Keep(IReadOnlyList<OpenWriter> now)
    {
        var gone = seen.Where(one => !now.Any(one.Writer.Is)).ToList();
        // Had not written yet: it may be any of the prepared ones that are new.
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

    /// <summary>Transactions named in one line, of many only the first.</summary>
    public static string Describe(IReadOnlyList<OpenWriter> writers)
    {
        ArgumentNullException.ThrowIfNull(writers);
        const int Named = 3;
        var more = writers.Count > Named ? $", and {writers.Count - Named} more" : "";
        return string.Join(", ", writers.Take(Named)) + more;
    }

    // AbsentAt: of the last look that did not find it; null where there was none.
    private sealed record Seen(OpenWriter Writer, long? AbsentAt, bool Awaited);
}
