using System.Globalization;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Snapshots;

/// <summary>
/// Holds where the newest snapshot is not older than the map allows. It is checked only at the start: a snapshot ages
/// while rows are rewritten, and a newer one would contain the very changes that it should protect from.
/// </summary>
public sealed class SnapshotGate(SnapshotEntry entry, TimeProvider clock) : IGate
{
    // Tolerated difference between two hosts' clocks.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(occasion);
        try
        {
            if (occasion.SnapshotTakenAt is { } told)
                return Judge(told, ", says the operator");
            return entry.Source is { } source
                ? Judge(await SnapshotTime.ReadAsync(source, cancellationToken), "")
                : Lost(
                    "the map does not say where the age of a snapshot is read from",
                    "take a snapshot and give its time with --snapshot-taken-at"
                );
        }
        catch (GateUnreadableException e)
        {
            return Lost(
                e.Message,
                $"mend the source at line {entry.Line} of the map, or give the time with --snapshot-taken-at"
            );
        }
    }

    private GateVerdict Judge(DateTimeOffset takenAt, string source)
    {
        var age = clock.GetUtcNow() - takenAt;
        var taken =
            $"the newest snapshot was taken at {takenAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}{source}";
        return age < -Skew ? Lost($"{taken}: that lies in the future", "check time, time zone and clocks")
            : age > entry.MaxAge
                ? Lost($"{taken}: {Written(age)} ago, more than {Written(entry.MaxAge)}", "take a snapshot")
            : new GateVerdict(entry.Name, Holds: true, taken);
    }

    private GateVerdict Lost(string reason, string fix) => new(entry.Name, Holds: false, reason, fix);

    private static string Written(TimeSpan span) =>
        span.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min");
}
