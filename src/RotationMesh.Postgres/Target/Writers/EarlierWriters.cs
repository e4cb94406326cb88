using System.Diagnostics;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Writers;

/// <summary>
/// The transactions that had begun to write tables of one database when they were first looked for, and waits until those
/// very transactions have ended, as CREATE INDEX CONCURRENTLY does: later ones are not waited for, so an application that
/// always has some writer open holds up nothing. A count that begins afterwards sees every row that an earlier
/// transaction committed.
/// </summary>
public sealed class EarlierWriters(TargetDatabases databases, IReadOnlyList<TableTarget> targets)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private List<OpenWriter>? open;
    private DateTime lookedAt;

    /// <summary>Those that have not ended yet; none before the first look.</summary>
    public IReadOnlyList<OpenWriter> Open => open ?? [];

    /// <summary>
    /// Waits until all of them have ended, at most as long as <paramref name="longest"/>; returns whether they have. No
    /// connection is held between two looks.
    /// </summary>
    public async Task<bool> HaveEndedAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            Keep(await LookAsync(cancellationToken));
            if (open!.Count == 0)
                return true;
            if (Stopwatch.GetElapsedTime(started) + pause > longest)
                return false;
            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <summary>
    /// After a count: whether a transaction that began before the first look, and took its lock only after it, is still
    /// open. What it wrote was not counted, so those are waited for as well.
    /// </summary>
    public async Task<bool> HaveCompanyAsync(CancellationToken cancellationToken)
    {
        var now = await LookAsync(cancellationToken);
        open!.AddRange(now.Where(writer => writer.Since < lookedAt && !open.Any(known => known.Is(writer))));
        return open.Count > 0;
    }

    /// <summary>Their names, the oldest first.</summary>
    public override string ToString() => Describe(Open);

    private void Keep(IReadOnlyList<OpenWriter> now)
    {
        if (open is null)
        {
            open = [.. now];
            return;
        }

        var kept = new List<OpenWriter>();
        foreach (var writer in open)
        {
            if (now.FirstOrDefault(writer.Is) is { } still)
                kept.Add(still with { Ids = [.. still.Ids.Union(writer.Ids)] });
            else if (writer.Ids.Count == 0) // had not written yet: it may be any of the prepared ones that are new
                kept.AddRange(now.Where(one => one.Gid is not null && !open.Any(one.Is)));
        }

        open = [.. kept.DistinctBy(writer => writer.VirtualTransaction)];
    }

    private async Task<IReadOnlyList<OpenWriter>> LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await databases.OpenReadingAsync(
            targets[0].Entry.Database,
            cancellationToken
        );
        var (writers, at) = await new WriterLook(connection).FindAsync(
            targets.Select(target => target.Shape.Quoted),
            cancellationToken
        );
        if (open is null)
            lookedAt = at;
        return writers;
    }

    /// <summary>Transactions named in one line, of many only the first.</summary>
    public static string Describe(IReadOnlyList<OpenWriter> writers)
    {
        ArgumentNullException.ThrowIfNull(writers);
        const int Named = 3;
        var more = writers.Count > Named ? $", and {writers.Count - Named} more" : "";
        return string.Join(", ", writers.Take(Named)) + more;
    }
}
