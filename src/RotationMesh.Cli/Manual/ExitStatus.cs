namespace RotationMesh.Cli.Manual;

/// <summary>What the exit codes of the program mean, as the readme says it.</summary>
internal static class ExitStatus
{
    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (ExitCodes.Success, "done and true"),
        (ExitCodes.Failure, "unexpected failure"),
        (ExitCodes.Usage, "wrong usage, map or keys; this command wrote nothing"),
        (
            ExitCodes.RowsLeft,
            "rows are left that are not rotated or do not decrypt, or a post-check failed; or the audit log was tampered "
                + "with or is gone, or nothing vouches for it: no key of the ring or only an old one, and no --expect"
        ),
        (ExitCodes.Gate, "a gate does not hold, or something is in the way of a retirement"),
        (ExitCodes.Interrupted, "cancelled or interrupted"),
        (
            ExitCodes.Unreachable,
            "coordinator or broker not reachable, or the broker refuses or is not trusted"
        ),
    ];
}
