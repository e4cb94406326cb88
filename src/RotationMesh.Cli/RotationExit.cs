using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli;

/// <summary>What the exit code tells of a rotation.</summary>
internal static class RotationExit
{
    /// <summary>The code for a rotation as it is: ended, or paused and left with rows.</summary>
    public static int CodeOf(RotationDocument rotation) =>
        rotation.State switch
        {
            "Completed" => ExitCodes.Success,
            "Cancelled" => ExitCodes.Interrupted,
            "Faulted" => ExitCodes.Usage,
            _ => ExitCodes.RowsLeft,
        };
}
