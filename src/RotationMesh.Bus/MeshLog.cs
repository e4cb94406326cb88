using Microsoft.Extensions.Logging;
using RotationMesh.Core;

namespace RotationMesh.Bus;

/// <summary>What the mesh logs. Ids: 3000 coordinator, 3100 dispatcher and watch, 3200 worker, 3300 transport. Never a key or a value.</summary>
internal static partial class MeshLog
{
    [LoggerMessage(3000, LogLevel.Warning, "Rotation {RotationId}: gate {Gate} is lost, {Reason}")]
    public static partial void GateLost(ILogger log, Guid rotationId, string gate, string reason);

    [LoggerMessage(
        3001,
        LogLevel.Warning,
        "Rotation {RotationId}: the queues it paused stay paused, {Reason}"
    )]
    public static partial void QueuesStayPaused(ILogger log, Guid rotationId, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "Watching the gates failed; it is tried again after {Pause}")]
    public static partial void GateWatchFailed(ILogger log, TimeSpan pause, Exception fault);

    [LoggerMessage(3003, LogLevel.Information, "Joined the mesh")]
    public static partial void Joined(ILogger log);

    [LoggerMessage(3004, LogLevel.Warning, "Rotation {RotationId}: {Gaps}; the rest goes on")]
    public static partial void DatabaseLeftOut(ILogger log, Guid rotationId, string gaps);

    [LoggerMessage(
        3005,
        LogLevel.Warning,
        "The control database can't be used ({Cause}); it is tried again after {Pause}"
    )]
    public static partial void ControlDatabaseAway(ILogger log, string cause, TimeSpan pause);

    // Whoever keeps the logs holds with it what the control schema can't take back.
    [LoggerMessage(3006, LogLevel.Information, "Audit log: event {Sequence} is appended, hash {Hash}")]
    public static partial void Audited(ILogger log, long sequence, string hash);

    [LoggerMessage(
        3007,
        LogLevel.Warning,
        "Rotation {RotationId}: who held its step '{Work}' gave no sign of life and was ended, {Holder}"
    )]
    public static partial void SilentHolderEnded(ILogger log, Guid rotationId, string work, string holder);

    [LoggerMessage(
        3008,
        LogLevel.Warning,
        "Not in service yet: the control schema is being brought up to date, and {Reason}"
    )]
    public static partial void ControlSchemaWaits(ILogger log, string reason);

    [LoggerMessage(3009, LogLevel.Error, "Rotation {RotationId}: its step '{Work}' failed: {Cause:l}")]
    public static partial void StepFailed(ILogger log, Guid rotationId, string work, string cause);

    [LoggerMessage(3100, LogLevel.Warning, "Dispatching failed; it is tried again after {Pause}")]
    public static partial void DispatchFailed(ILogger log, TimeSpan pause, Exception fault);

    [LoggerMessage(3101, LogLevel.Warning, "Watching the ledger failed; it is tried again after {Pause}")]
    public static partial void WatchFailed(ILogger log, TimeSpan pause, Exception fault);

    [LoggerMessage(
        3102,
        LogLevel.Information,
        "{Returned} partitions of silent workers are pending again, {Failed} have failed"
    )]
    public static partial void Reclaimed(ILogger log, int returned, int failed);

    [LoggerMessage(
        3103,
        LogLevel.Warning,
        "Passing on what operators ask failed; it is tried again after {Pause}"
    )]
    public static partial void PostFailed(ILogger log, TimeSpan pause, Exception fault);

    [LoggerMessage(3104, LogLevel.Information, "Rotation {RotationId}: {Request} is passed on")]
    public static partial void Posted(ILogger log, Guid rotationId, string request);

    [LoggerMessage(
        3105,
        LogLevel.Warning,
        "Request {RequestId} for rotation {RotationId} is refused: {Fault}"
    )]
    public static partial void RequestRefused(ILogger log, long requestId, Guid rotationId, string fault);

    [LoggerMessage(
        3106,
        LogLevel.Warning,
        "Rotation {RotationId}: nothing was heard for {Elapsed}; {Partitions} partitions are sent again"
    )]
    public static partial void SentAgain(ILogger log, Guid rotationId, int partitions, TimeSpan elapsed);

    [LoggerMessage(3107, LogLevel.Warning, "Rotation {RotationId} is left alone: {Fault}")]
    public static partial void LeftAlone(ILogger log, Guid rotationId, string fault);

    [LoggerMessage(
        3108,
        LogLevel.Warning,
        "Rotation {RotationId}: {Request} is not heard, for it was heard before, or was asked long before what was heard since"
    )]
    public static partial void ControlledBefore(ILogger log, Guid rotationId, string request);

    [LoggerMessage(
        3200,
        LogLevel.Warning,
        "Rotation {RotationId}, partition {PartitionId}: refused, {Reason}"
    )]
    public static partial void Refused(ILogger log, Guid rotationId, long partitionId, string reason);

    [LoggerMessage(
        3201,
        LogLevel.Warning,
        "Rotation {RotationId}, partition {PartitionId}, attempt {Attempt}: {Cause}"
    )]
    public static partial void PartitionFailed(
        ILogger log,
        Guid rotationId,
        long partitionId,
        int attempt,
        string cause
    );

    [LoggerMessage(
        3202,
        LogLevel.Warning,
        "The coordinators could not be told that this worker is there ({Cause}); it tells again"
    )]
    public static partial void NotAnnounced(ILogger log, string cause);

    [LoggerMessage(
        3204,
        LogLevel.Warning,
        "From now on a partition is given back after {Limit}, and what is left of it is another attempt's, because RabbitMQ waits no "
            + "longer than {Timeout}: raise "
            + Reasons.ConsumerTimeout
            + " there, and start the workers again"
    )]
    public static partial void AttemptsShortened(ILogger log, TimeSpan limit, TimeSpan timeout);

    [LoggerMessage(
        3300,
        LogLevel.Error,
        "A message on {Queue} was put into "
            + Queues.DeadLetters
            + " ({Cause}); what it was about is made up for by a nudge or a lease"
    )]
    public static partial void DeadLettered(ILogger log, string queue, string cause);

    [LoggerMessage(
        3301,
        LogLevel.Warning,
        "The channel of {Queue} has been closed for {Closed} and nobody noticed; it is opened again"
    )]
    public static partial void Deaf(ILogger log, string queue, TimeSpan closed);

    [LoggerMessage(3302, LogLevel.Error, "{Reason:l}; {Fix:l}")]
    public static partial void BrokerRefuses(ILogger log, string reason, string fix);

    [LoggerMessage(
        3303,
        LogLevel.Warning,
        "A message on {Queue} was dropped: {Cause}; others like it are counted, and told of once a minute"
    )]
    public static partial void Dropped(ILogger log, string queue, string cause);

    [LoggerMessage(3304, LogLevel.Information, "Passed: {Reason:l}")]
    public static partial void BrokerTroublePassed(ILogger log, string reason);

    [LoggerMessage(3305, LogLevel.Warning, "{Queue} is not consumed again yet ({Cause}); it is tried again")]
    public static partial void NotRevived(ILogger log, string queue, string cause);

    [LoggerMessage(
        3306,
        LogLevel.Warning,
        "Joining the mesh failed ({Cause}); it is tried again after {Pause}"
    )]
    public static partial void NotJoined(ILogger log, string cause, TimeSpan pause);

    [LoggerMessage(
        3307,
        LogLevel.Warning,
        "RabbitMQ took back what was not acknowledged on {Queue} within {Timeout} ("
            + Reasons.ConsumerTimeout
            + "); what it asked for goes on"
    )]
    public static partial void TakenBack(ILogger log, string queue, TimeSpan timeout);

    [LoggerMessage(
        3308,
        LogLevel.Warning,
        "A message on {Queue} came by a channel that has ended, and failed ({Cause}); it is delivered again"
    )]
    public static partial void LostDelivery(ILogger log, string queue, string cause);
}
