using System.Text.Json;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Compares an order by the id of an earlier one with what was asked for then.</summary>
internal static class KnownOrder
{
    /// <summary>
    /// Throws <see cref="UsageException"/> that names what differs: whoever asks for something else must not take the end of the earlier
    /// rotation for his own.
    /// </summary>
    public static void EnsureSame(StartRotation order, RunningRotation known)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(known);
        EnsureSame(
            order,
            order with
            {
                TargetVersion = known.TargetVersion,
                TargetFingerprint = known.TargetFingerprint,
                MapHash = known.MapHash,
                Scopes = known.Scopes,
                Tenants = known.Tenants ?? [],
                AllowDowngrade = known.AllowDowngrade,
                Verify = known.Verify,
            }
        );
    }

    /// <summary>The same for a start that no coordinator has begun.</summary>
    public static void EnsureSame(StartRotation order, RotationDemand known)
    {
        if (Read(known) is { } start)
            EnsureSame(order, start);
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

    private static void EnsureSame(StartRotation order, StartRotation known)
    {
        var other =
            order.TargetVersion != known.TargetVersion ? $"to version {known.TargetVersion}"
            : order.TargetFingerprint != known.TargetFingerprint ? "to another key of that version"
            : !order.Scopes.ToHashSet().SetEquals(known.Scopes ?? []) ? "of other scopes"
            : !order.Tenants.ToHashSet().SetEquals(known.Tenants ?? []) ? "of other tenants"
            : order.MapHash != known.MapHash ? "by another map"
            : order.AllowDowngrade != known.AllowDowngrade ? "with another --allow-downgrade"
            : order.Verify != (known.Verify ?? "") ? "with another --verify"
            : null;
        if (other is not null)
            throw new UsageException(
                $"rotation {order.RotationId} was asked for before, {other}: give another --id for another rotation"
            );
    }
}
