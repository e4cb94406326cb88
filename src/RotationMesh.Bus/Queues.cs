namespace RotationMesh.Bus;

/// <summary>One durable queue for each kind of message that is sent; the same names in memory and on RabbitMQ.</summary>
internal static class Queues
{
    public const string Rotation = "rotationmesh-rotation";
    public const string CheckRotation = "rotationmesh-check-rotation";
    public const string CheckGates = "rotationmesh-check-gates";
    public const string PlanRotation = "rotationmesh-plan-rotation";
    public const string CountRows = "rotationmesh-count-rows";
    public const string PlanVerification = "rotationmesh-plan-verification";
    public const string ConcludeRotation = "rotationmesh-conclude-rotation";
    public const string RotatePartition = "rotationmesh-rotate-partition";
    public const string VerifyPartition = "rotationmesh-verify-partition";
    public const string PartitionRotated = "rotationmesh-partition-rotated";
    public const string PartitionVerified = "rotationmesh-partition-verified";
    public const string PartitionRefused = "rotationmesh-partition-refused";
    public const string PartitionFailed = "rotationmesh-partition-failed";
    public const string PartitionReturned = "rotationmesh-partition-returned";
    public const string PartitionHeartbeat = "rotationmesh-partition-alive";
    public const string RowsFailed = "rotationmesh-rows-failed";
    public const string WorkerHeartbeat = "rotationmesh-worker-seen";

    /// <summary>What no consumer could handle: one queue for all kinds, so that there is one place to look.</summary>
    public const string DeadLetters = "rotationmesh-dead-letters";

    /// <summary>
    /// The short address that every transport resolves to its own: the exchange before the queue. A sender that names
    /// the queue would declare it, without the arguments that its consumers give it, and RabbitMQ refuses that.
    /// </summary>
    public static Uri Address(string queue) => new($"exchange:{queue}");
}
