using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Http;

/// <summary>Holds while an endpoint of the application answers as expected.</summary>
public sealed class HttpGate(HttpEntry entry) : IGate
{
    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        var fault = await HttpCheck.FindFaultAsync(entry.Expectation, cancellationToken);
        return fault is null
            ? new GateVerdict(entry.Name, Holds: true, "the endpoint answers as expected")
            : new GateVerdict(
                entry.Name,
                Holds: false,
                fault,
                $"line {entry.Line} of the map says what the answer must be"
            );
    }
}
