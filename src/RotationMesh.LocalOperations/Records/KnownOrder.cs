using System.Text.Json;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Compares an order by the id of an earlier one with what was asked for then.</summary>
internal static class KnownOrder
{
    /// <summary>
    /// Throws <see cref="UsageException"/> that names what differs: whoever asks for other rows or another version must not take the
    /// end of the earlier rotation for his own.
    /// </summary>
    public static void EnsureSame(StartRotation order, RunningRotation known) =>
        EnsureSame(order, known.TargetVersion, known.Scopes, known.Tenants ?? [], known.AllowDowngrade);

    /// <summary>The same for a start that no coordinator has begun.</summary>
    public static void EnsureSame(StartRotation order, RotationDemand known)
    {
        if (Read(known) is { } start)
            EnsureSame(
                order,
                start.TargetVersion,
                start.Scopes ?? [],
                start.Tenants ?? [],
                start.AllowDowngrade
            );
    }

    /// <summary>
    /// Reads what was asked for; null where the record is damaged: one that somebody wrote without the keys is refused, and must not
    /// keep the others from being shown.
    /// </summary>
    public static StartRotation? Read(RotationDemand known)
    {
        try
        {
            return JsonSerializer.Deserialize<StartRotation>(known.Message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void EnsureSame(
        StartRotation order,
        int targetVersion,
        IEnumerable<string> scopes,
        IEnumerable<string> tenants,
        bool allowDowngrade
    )
    {
        var other =
            order.TargetVersion != targetVersion ? $"to version {targetVersion}"
            : !order.Scopes.ToHashSet().SetEquals(scopes) ? "of other scopes"
            : !order.Tenants.ToHashSet().SetEquals(tenants) ? "of other tenants"
            : order.AllowDowngrade != allowDowngrade ? "with another --allow-downgrade"
            : null;
        if (other is not null)
            throw new UsageException(
                $"rotation {order.RotationId} was asked for before, {other}: give another --id for another rotation"
            );
    }
}
