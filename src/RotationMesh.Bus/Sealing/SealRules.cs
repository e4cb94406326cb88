using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.Bus.Sealing;

/// <summary>Which seals are asked of which message; types go by the names that MassTransit gives them in envelopes.</summary>
internal static class SealRules
{
    /// <summary>
    /// Age beyond which a message is not heeded that is sent again as long as it is so: kept by somebody, it would be told
    /// when it is so no longer. Queues are no longer behind than that, and clocks of machines differ by far less.
    /// </summary>
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    /// <summary>The same for what a worker says of itself: a gate believes it.</summary>
    private static readonly TimeSpan Sighting = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Messages by which a worker whose keys are others can still say so. They write, end and retire nothing, so any key of
    /// the ring may have sealed them; everything else is sealed by the current one, and a key that was replaced because it
    /// leaked opens nothing.
    /// </summary>
    private static readonly HashSet<string> ByAnyKey = [Urn<WorkerHeartbeat>(), Urn<PartitionRefused>()];

    /// <summary>Commands that a worker refuses, rather than drop, where they may come from a coordinator with other keys.</summary>
    private static readonly HashSet<string> Refusable = [Urn<RotatePartition>(), Urn<VerifyPartition>()];

    /// <summary>
    /// The same for what operators ask for, which is sent once and may wait for a coordinator; as long as a request waits for
    /// one. What is younger is heard once, and a start begins one rotation.
    /// </summary>
    private static readonly TimeSpan Asked = TimeSpan.FromDays(1);

    // Partitions have a deadline, and their results name the attempt that they are of: the ledger knows which are late.
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
        [Urn<PatienceEnded>()] = News,
        [Urn<NudgeRotation>()] = News,
    };

    /// <summary>Whether each key of the sender's ring seals it.</summary>
    public static bool IsByAnyKey(string type) => ByAnyKey.Contains(type);

    /// <summary>Whether a worker answers it although it can't believe it.</summary>
    public static bool IsRefusable(string type) => Refusable.Contains(type);

    /// <summary>Whether it is too old, or from too far in the future.</summary>
    public static bool IsStale(string type, TimeSpan age) =>
        Ages.TryGetValue(type, out var longest) && age.Duration() > longest;

    private static string Urn<T>()
        where T : class => MessageUrn.ForTypeString<T>();
}
