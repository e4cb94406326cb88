namespace RotationMesh.Core.Map.Gates;

/// <summary>A program of the map with its arguments, started without a shell, and how long it may run.</summary>
public sealed record CommandLine(string Program, IReadOnlyList<string> Arguments, TimeSpan Timeout)
{
    /// <summary>
    /// Names of the variables that the program gets from the environment of this process, besides PATH and HOME; it gets
    /// no others.
    /// </summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The program alone: an argument may be a secret.</summary>
    public override string ToString() => Program;
}
