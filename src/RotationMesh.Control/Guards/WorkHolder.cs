using System.Globalization;

namespace RotationMesh.Control.Guards;

/// <summary>A session of the control database that holds work on a rotation.</summary>
public sealed record WorkHolder
{
    /// <summary>Process of the server.</summary>
    public int Pid { get; init; }

    /// <summary>The name that its program gave it.</summary>
    public string? ApplicationName { get; init; }

    /// <summary>Address that it is connected from; null for a local one, or where it is not told.</summary>
    public string? Client { get; init; }

    /// <summary>When it last ended a statement; null where it is not told, as it is of another role.</summary>
    public DateTime? LastSign { get; init; }

    /// <summary>Time since then; zero while it runs a statement, and null where it is not told.</summary>
    public TimeSpan? Silent { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"session {Pid} of the control database ({ApplicationName}{(Client is null ? "" : $", from {Client}")}), "
        )
        + (
            LastSign is { } at
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"last heard of at {at.ToUniversalTime():HH:mm:ss} UTC"
                )
                : "of another role"
        );
}
