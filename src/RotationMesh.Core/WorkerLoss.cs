namespace RotationMesh.Core;

/// <summary>Causes of a partition that was given up because every worker that had it vanished.</summary>
public static class WorkerLoss
{
    /// <summary>The worker's lease ended without a heartbeat, once too often.</summary>
    public const string LeaseExpired = "LeaseExpired";

    /// <summary>The broker delivered the partition's message again and again, and no worker lived to answer it.</summary>
    public const string NeverAnswered = "NeverAnswered";
}
