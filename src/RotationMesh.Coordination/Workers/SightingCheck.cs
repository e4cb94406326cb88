using RotationMesh.Contracts;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Workers;

/// <summary>Checks whether a worker's heartbeat can be recorded.</summary>
internal static class SightingCheck
{
    private const int LongestName = 200;
    private const int HashDigits = 64;
    private const int FingerprintDigits = 16;

    /// <summary>Keys of a ring: one a month for eighty years.</summary>
    private const int MostKeys = 1000;

    /// <summary>Concurrent partitions: more than any machine has processors.</summary>
    private const int MostAtOnce = 100_000;

    /// <summary>What is wrong with it, without a quote of it; null where nothing is.</summary>
    public static string? Fault(WorkerHeartbeat seen)
    {
        if (
            !MessageText.Fits(seen.Worker, LongestName)
            || !MessageText.Fits(seen.Host, LongestName)
            || !MessageText.Fits(seen.Version, LongestName)
        )
            return "it names no worker";
        if (!IsHex(seen.MapHash, HashDigits))
            return "it names no map";
        if (seen.Keys is not { Count: <= MostKeys } keys || !keys.All(IsKey))
            return "it names no keys";
        if (keys.Select(key => key.Version).Distinct().Count() != keys.Count)
            return "it names a key version twice";
        if (seen.Databases is not { Count: <= MapIdentities.Most } databases || !databases.All(IsDatabase))
            return "it names no databases";
        if (databases.Select(database => database.Name).Distinct().Count() != databases.Count)
            return "it names a database twice";
        return seen.Concurrency is >= 1 and <= MostAtOnce ? null : "its concurrency can't be";
    }

    private static bool IsKey(WorkerKey? key) =>
        key is { Version: >= 1 } && IsHex(key.Fingerprint, FingerprintDigits);

    private static bool IsDatabase(WorkerDatabase? database) =>
        database is not null
        && MessageText.Fits(database.Name, LongestName)
        && DatabaseIdentity.Parse(database.Identity) is not null;

    private static bool IsHex(string? text, int digits) =>
        text?.Length == digits && text.All(char.IsAsciiHexDigitLower);
}
