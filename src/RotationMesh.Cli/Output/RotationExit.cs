using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>Maps the outcome of a rotation to an exit code.</summary>
internal static class RotationExit
{
    /// <summary>
    /// Returns the rotation. Throws <see cref="UsageException"/> with the reason if it is faulted, as an embedded rotation
    /// does.
    /// </summary>
    public static RotationDocument Unfaulted(RotationDocument rotation) =>
        rotation.State == RotationState.Faulted
            ? throw new UsageException(rotation.Reason ?? "the rotation can't go on")
            : rotation;

    /// <summary>Returns the exit code for the rotation's current state; any state but an end means that rows are left.</summary>
    public static int CodeOf(RotationDocument rotation) =>
        rotation.State switch
        {
            // With a reason nobody vouches for it.
            RotationState.Completed when rotation.DryRun || rotation.Reason is null => ExitCodes.Success,
            RotationState.Cancelled => ExitCodes.Interrupted,
            RotationState.Faulted => ExitCodes.Usage,
            _ when rotation.Abandoned => ExitCodes.Interrupted,
            _ => ExitCodes.RowsLeft,
        };
}
