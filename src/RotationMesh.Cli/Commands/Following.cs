using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary>Follows a rotation, whether this process runs it or others do, and shows its progress.</summary>
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

    /// <summary>
    /// Follows what an embedded mesh does, to its end. Meanwhile the terminal can say which rotation the program leaves if it
    /// ends at once, and whether that rotation ends by itself.
    /// </summary>
    public static Task<T> HereAsync<T>(
        Session session,
        TimeSpan waits,
        Terminal terminal,
        Func<EmbeddedMesh, Task<T>> work
    )
    {
        return ProgressView.FollowAsync(
            terminal.Progress,
            progress => ProgressReports.WhileAsync(progress, BeginAsync)
        );

        Task<T> BeginAsync(RotationProgress now)
        {
            terminal.Left = () => LeftRotation.Of(now);
            terminal.IsEnding = timeout => LeftRotation.IsEndingAsync(now, session.Standstill, timeout);
            return work(new EmbeddedMesh(session.Parts, now) { Patience = waits });
        }
    }

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
