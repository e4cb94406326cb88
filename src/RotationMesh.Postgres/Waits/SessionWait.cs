using System.Globalization;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Waits;

/// <summary>A session of this program that runs a statement, and what the session waits for according to the server.</summary>
public sealed record SessionWait
{
    /// <summary>Kind of event that the session waits for, in the server's words; null if it waits for nothing.</summary>
    public string? Kind { get; init; }

    /// <summary>Event that the session waits for, in the server's words.</summary>
    public string? Event { get; init; }

    /// <summary>Seconds since the statement began.</summary>
    public double Seconds { get; init; }

    /// <summary>Table whose lock the session waits for; null if it waits for no table.</summary>
    public string? Table { get; init; }

    /// <summary>Process that holds the lock; 0 for a prepared transaction, null if no holder is known.</summary>
    public int? HolderPid { get; init; }

    /// <summary>Application name of the holder's session.</summary>
    public string? HolderApplication { get; init; }

    /// <summary>Role of the holder.</summary>
    public string? HolderRole { get; init; }

    /// <summary>Whether the session goes on only after somebody else acts: the holder of a lock, or a standby.</summary>
    public bool IsForOthers => Kind == "Lock" || IsForStandby;

    private bool IsForStandby => Event == "SyncRep";

    /// <summary>Describes for the operator what the session waits for, how long already, and what ends the wait.</summary>
    public override string ToString()
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"for {Seconds:0} s");
        if (IsForStandby)
            return $"a commit has waited {time} {Reasons.StandbyAwaited}: bring the standby back, or take it "
                + "out of that setting";
        if (Kind != "Lock")
            return $"{Reasons.StatementSlow} {time}"
                + (Kind is null ? "" : $" (the server waits for {Kind}/{Event})");
        var what = Table is null ? "a lock" : $"table {Table}";
        if (HolderPid is not { } pid)
            return $"{Reasons.StatementWaits} {time} for {what}";
        var holder = new SessionName(pid, HolderApplication, HolderRole);
        return $"{Reasons.StatementWaits} {time} for {what}, which {holder} has locked: let it end its transaction{holder.Ending}";
    }
}
