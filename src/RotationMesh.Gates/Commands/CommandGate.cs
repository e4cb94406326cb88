using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Commands;

/// <summary>Holds while a program exits 0. What it prints is not shown.</summary>
public sealed class CommandGate(CommandEntry entry) : IGate
{
    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        try
        {
            var run = await ProgramRun.RunAsync(entry.Run, cancellationToken);
            return run.ExitCode == 0
                ? new GateVerdict(entry.Name, Holds: true, $"{entry.Run.Program} exits 0")
                : Lost($"{entry.Run.Program} exits {run.ExitCode}");
        }
        catch (GateUnreadableException e)
        {
            return Lost(e.Message);
        }
    }

    private GateVerdict Lost(string reason) =>
        new(entry.Name, Holds: false, reason, $"line {entry.Line} of the map names the program");
}
