using System.Globalization;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Waits;

/// <summary>A session of this program at a statement, and what the server says that it waits for.</summary>
public sealed record SessionWait
{
    /// <summary>Process of the server.</summary>
    public int Pid { get; init; }

    /// <summary>Kind of what it waits for, in the server's words; null where it waits for nothing.</summary>
    public string? Kind { get; init; }

    /// <summary>What it waits for, in the server's words.</summary>
    public string? Event { get; init; }

    /// <summary>Time since the statement began.</summary>
    public double Seconds { get; init; }

    /// <summary>The table that it waits for; null where it is no table.</summary>
    public string? Table { get; init; }

    /// <summary>Process of who holds what it waits for; 0 for a prepared transaction, null where nobody is known.</summary>
    public int? HolderPid { get; init; }

    /// <summary>Name that the holder's application gave its session.</summary>
    public string? HolderApplication { get; init; }

    /// <summary>Role of the holder.</summary>
    public string? HolderRole { get; init; }

    /// <summary>Whether others have to do something before it goes on: whoever has a lock, or a standby.</summary>
    public bool IsForOthers => Kind == "Lock" || IsForStandby;

    private bool IsForStandby => Event == "SyncRep";

    /// <summary>For the operator: what is waited for since when, and what ends it.</summary>
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
