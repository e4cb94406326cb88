using RotationMesh.Cli.Output;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary>Follows a rotation that other processes run, and shows its progress as that of an embedded one.</summary>
internal static class Following
{
    /// <summary>
    /// Returns the rotation when it has ended or is paused. Throws <see cref="FollowingStoppedException"/> when
    /// <paramref name="stopping"/> is cancelled; the rotation continues.
    /// </summary>
    public static Task<RotationDocument> ToTheEndAsync(
        IRotations rotations,
        Guid rotationId,
        Terminal terminal,
        CancellationToken stopping
    ) =>
        ProgressView.FollowAsync(
            terminal.Progress,
            async progress =>
            {
                RotationDocument? last = null;
                try
                {
                    await foreach (var now in rotations.FollowAsync(rotationId, stopping))
                    {
                        last = now;
                        progress.Report(Progress(now));
                    }
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    throw new FollowingStoppedException(rotationId);
                }

                return last ?? throw new InvalidOperationException("the rotation told nothing of itself");
            }
        );

    private static ProgressDocument Progress(RotationDocument rotation) =>
        new()
        {
            Phase = rotation.State,
            Pending = rotation.Totals.Pending + rotation.Totals.Rotated + rotation.Totals.Failed,
            Rotated = rotation.Totals.Rotated,
            Failed = rotation.Totals.Failed,
            Verified = rotation.Verified,
            Reason = rotation.Reason,
        };
}
