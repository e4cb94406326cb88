using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.Bus.Sealing;

/// <summary>
/// Says which seals a message needs and how old it may be, by its type. Types have the names that MassTransit gives them in
/// envelopes.
/// </summary>
internal static class SealRules
{
    /// <summary>
    /// Longest age of a message that is sent again as long as it holds. Somebody could keep an older one and deliver it when it
    /// no longer holds. Queues lag less than this, and the clocks of machines differ by far less.
    /// </summary>
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    /// <summary>Longest age of what a worker says of itself, which a gate believes.</summary>
    private static readonly TimeSpan Sighting = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Messages by which a worker with other keys can still say so. They write, end and retire nothing, so any key of the ring
    /// may have sealed them. Everything else must be sealed with the current key: one that was replaced because it leaked gives
    /// access to nothing.
    /// </summary>
    private static readonly HashSet<string> ByAnyKey = [Urn<WorkerHeartbeat>(), Urn<PartitionRefused>()];

    /// <summary>
    /// Commands that a worker refuses instead of dropping them, where they may come from a coordinator with other keys.
    /// </summary>
    private static readonly HashSet<string> Refusable = [Urn<RotatePartition>(), Urn<VerifyPartition>()];

    /// <summary>
    /// Longest age of what operators ask for. It is sent once and may wait for a coordinator, as long as a control request
    /// waits for one. A younger message takes effect once, and a start begins one rotation.
    /// </summary>
    private static readonly TimeSpan Asked = TimeSpan.FromDays(1);

    // Partitions and their results have no age limit: a partition has a deadline, and a result names its attempt, so the
    // ledger knows which results are late.
    private static readonly Dictionary<string, TimeSpan> Ages = new()
    {
        [Urn<WorkerHeartbeat>()] = Sighting,
        [Urn<StartRotation>()] = Asked,
        [Urn<PauseRotation>()] = Asked,
        [Urn<ResumeRotation>()] = Asked,
        [Urn<CancelRotation>()] = Asked,
        [Urn<RetryRotation>()] = Asked,
        [Urn<CheckRotation>()] = News,
        [Urn<CheckGates>()] = News,
        [Urn<PlanRotation>()] = News,
        [Urn<CountRows>()] = News,
        [Urn<PlanVerification>()] = News,
        [Urn<ConcludeRotation>()] = News,
        [Urn<RotationChecked>()] = News,
        [Urn<RotationRejected>()] = News,
        [Urn<GatesHold>()] = News,
        [Urn<GateLost>()] = News,
        [Urn<RotationPlanned>()] = News,
        [Urn<SweepSettled>()] = News,
        [Urn<RowsCounted>()] = News,
        [Urn<VerificationSettled>()] = News,
        [Urn<RotationConcluded>()] = News,
        [Urn<RowsCameLate>()] = News,
        [Urn<RotationStalled>()] = News,
        [Urn<BreakerTripped>()] = News,
        [Urn<TargetVersionClosed>()] = News,
        [Urn<WaitTimedOut>()] = News,
        [Urn<NudgeRotation>()] = News,
    };

    /// <summary>Whether each key of the sender's ring seals a message of this type.</summary>
    public static bool IsByAnyKey(string type) => ByAnyKey.Contains(type);

    /// <summary>Whether a worker answers a message of this type with a refusal although it can't trust it.</summary>
    public static bool IsRefusable(string type) => Refusable.Contains(type);

    /// <summary>Whether a message is too old, or from too far in the future.</summary>
    public static bool IsStale(string type, TimeSpan age) =>
        Ages.TryGetValue(type, out var longest) && age.Duration() > longest;

    private static string Urn<T>()
        where T : class => MessageUrn.ForTypeString<T>();
}
