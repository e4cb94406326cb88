namespace RotationMesh.Control.Ledger;

/// <summary>One phase of one pass of a rotation; passes are numbered from 1.</summary>
public readonly record struct SweepKey(Guid RotationId, int Sweep, SweepPhase Phase);

/// <summary>What a sweep does with the rows of its partitions.</summary>
public enum SweepPhase
{
    /// <summary>Brings them to the target version.</summary>
    Rotate,

    /// <summary>Decrypts them under the version they claim.</summary>
    Verify,
}

/// <summary>The phase as the ledger writes it.</summary>
internal static class PhaseText
{
    private const string Rotate = "rotate";
    private const string Verify = "verify";

    public static string Write(SweepPhase phase) =>
        phase switch
        {
            SweepPhase.Rotate => Rotate,
            SweepPhase.Verify => Verify,
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
        };

    public static SweepPhase Read(string text) =>
        text switch
        {
            Rotate => SweepPhase.Rotate,
            Verify => SweepPhase.Verify,
            _ => throw new FormatException($"the ledger holds the unknown phase '{text}'"),
        };
}
