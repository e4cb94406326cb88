using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;

namespace RotationMesh.Bus;

/// <summary>Whether this process' own map and key are those of a rotation; both are never sent, only compared.</summary>
public sealed class GoalCheck(RotationMap map, KeyRing ring)
{
    private readonly string mapHash = MapHash.Of(map);

    /// <summary>Whether the rotation began with this process' map: another one has other gates, and other databases.</summary>
    public bool IsOfMap(string hash) => hash == mapHash;

    /// <summary>What differs, the map first; null where nothing does.</summary>
    public Refusal? Find(string hash, int version, string fingerprint)
    {
        if (hash != mapHash)
            return Refusal.MapDiffers;
        if (!ring.TryGet(version, out var key))
            return Refusal.KeyMissing;
        return key.Fingerprint == fingerprint ? null : Refusal.FingerprintDiffers;
    }

    /// <summary>
    /// Where this process has the values of a table's external rows, beside where the coordinator has them; null where both
    /// have them at the same place, or one of them nowhere.
    /// </summary>
    public string? ExplainStore(PartitionRef partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var own = map.Find(partition.Table());
        return own?.ExternalStore is { } store && partition.Store is { } other && store.Place != other
            ? $"external values of table {own.Name} are in {store.Place} there, and in {other} for the coordinator"
            : null;
    }

    /// <summary>Explains to the operator why this process can not work towards a goal; null where it can.</summary>
    public string? Explain(RotationGoal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        return Find(goal.MapHash, goal.TargetVersion, goal.TargetFingerprint) is { } refusal
            ? ExplainHere(refusal)
            : null;
    }

    /// <summary>That this process has another map than a rotation, for the operator.</summary>
    public static string ExplainOtherMap() => ExplainHere(Refusal.MapDiffers);

    private static string ExplainHere(Refusal refusal) => $"on {Environment.MachineName}: {Explain(refusal)}";

    /// <summary>A refusal in words.</summary>
    public static string Explain(Refusal refusal, string? detail = null) =>
        refusal switch
        {
            Refusal.DatabaseOutOfReach => detail ?? "it can't use the database",
            Refusal.MapDiffers => detail is null ? Reasons.MapDiffers : $"{Reasons.MapDiffers}: {detail}",
            Refusal.KeyMissing => Reasons.KeyMissing,
            Refusal.FingerprintDiffers => Reasons.KeyDiffers,
            Refusal.CurrentKeyDiffers => detail ?? "its current key is not the coordinator's",
            Refusal.DatabaseDiffers => detail ?? "its database is another one than the rotation's",
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
        };
}
