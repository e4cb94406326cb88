using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli;

/// <summary>What the exit code tells of a rotation.</summary>
internal static class RotationExit
{
    /// <summary>
    /// The rotation, unless it could not even begin or go on: then <see cref="UsageException"/> says why, as it does where
    /// this process runs it.
    /// </summary>
    public static RotationDocument Unfaulted(RotationDocument rotation) =>
        rotation.State == RotationState.Faulted
            ? throw new UsageException(rotation.Reason ?? "the rotation can't go on")
            : rotation;

    /// <summary>The code for a rotation as it is: ended, or paused and left with rows.</summary>
    public static int CodeOf(RotationDocument rotation) =>
        rotation.State switch
        {
            RotationState.Completed => ExitCodes.Success,
            RotationState.Cancelled => ExitCodes.Interrupted,
            RotationState.Faulted => ExitCodes.Usage,
            _ when rotation.Abandoned => ExitCodes.Interrupted,
            _ => ExitCodes.RowsLeft,
        };
}
