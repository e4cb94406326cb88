namespace RotationMesh.Cli.Sessions;

/// <summary>Who runs the program, as rotations and the audit log show it.</summary>
internal static class Operator
{
    /// <summary>User of the operating system and name of the machine: the user's own claim, not a proof.</summary>
    public static string Name { get; } = $"{Environment.UserName}@{Environment.MachineName}";
}
