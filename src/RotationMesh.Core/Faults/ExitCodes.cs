namespace RotationMesh.Core.Faults;

/// <summary>The exit codes of the programs; scripts rely on them.</summary>
public static class ExitCodes
{
    /// <summary>Success: done, and every check holds.</summary>
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

    /// <summary>The coordinator, or the broker, can't be reached.</summary>
    public const int Unreachable = 6;
}
