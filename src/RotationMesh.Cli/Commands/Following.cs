using RotationMesh.Cli.Output;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary>Follows a rotation that others run, with the same progress as one's own.</summary>
internal static class Following
{
    /// <summary>
    /// Returns the rotation when it has ended or is paused. Throws <see cref="FollowingStoppedException"/> when it is told to
    /// stop: the rotation goes on.
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
