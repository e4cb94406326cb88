namespace RotationMesh.TestKit.Processes;

/// <summary>What a program left: its exit code (128 + the signal's number after a signal) and all it wrote.</summary>
public sealed record ProcessOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>For assertion messages.</summary>
    public override string ToString() =>
        $"exit code {ExitCode}\n--- standard output\n{Output}\n--- standard error\n{Error}";
}
