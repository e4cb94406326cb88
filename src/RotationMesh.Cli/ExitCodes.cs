using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli;

/// <summary>What the exit code of the program tells; scripts rely on it.</summary>
internal static class ExitCodes
{
    /// <summary>Done and true.</summary>
    public const int Success = 0;

    /// <summary>Unexpected failure.</summary>
    public const int Failure = 1;

    /// <summary>Wrong usage, map or keys; nothing was written.</summary>
    public const int Usage = 2;

    /// <summary>Rows are left that are not rotated, or do not decrypt.</summary>
    public const int RowsLeft = 3;

    /// <summary>A gate does not hold.</summary>
    public const int Gate = 4;

    /// <summary>Cancelled or interrupted.</summary>
    public const int Interrupted = 5;

    /// <summary>The code for a rotation as it is: ended, or paused and left with rows.</summary>
    public static int Of(RotationDocument rotation) =>
        rotation.State switch
        {
            "Completed" => Success,
            "Cancelled" => Interrupted,
            "Faulted" => Usage,
            _ => RowsLeft,
        };
}
