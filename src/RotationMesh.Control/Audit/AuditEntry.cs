using System.Text.Json;
using System.Text.Json.Serialization;

namespace RotationMesh.Control.Audit;

/// <summary>
/// An event to be appended to the audit log. It holds no secret: no key, plaintext, envelope or password. It names a row
/// by its primary key alone.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>Actor of an event that no operator caused.</summary>
    public const string Program = "rotationmesh";

    private const int LongestActor = 200;
    private const int LongestHost = 255;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private AuditEntry(AuditKind kind, Guid? rotationId, string actor, string details)
    {
        Kind = kind.ToString();
        RotationId = rotationId;
        Actor = Bounded(actor, LongestActor);
        Host = Bounded(Environment.MachineName, LongestHost);
        Details = details;
    }

    /// <summary>What happened, in the words of <see cref="AuditKind"/>.</summary>
    public string Kind { get; }

    /// <summary>The rotation that it concerns; null where it concerns none.</summary>
    public Guid? RotationId { get; }

    /// <summary>Who did it: an operator, the name of an API token, or <see cref="Program"/>.</summary>
    public string Actor { get; }

    /// <summary>The machine of this process.</summary>
    public string Host { get; }

    /// <summary>The rest as a JSON object in one line.</summary>
    public string Details { get; }

    /// <summary>Returns an entry with the properties of <paramref name="details"/>; those that are null are left out.</summary>
    public static AuditEntry Of(AuditKind kind, Guid? rotationId, string actor, object details)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(details);
        return new AuditEntry(kind, rotationId, actor, JsonSerializer.Serialize(details, Json));
    }

    // PostgreSQL can't store NUL. A name that is too long is cut, so that the event isn't lost.
    private static string Bounded(string text, int length)
    {
        var kept = text.Replace('\0', '?');
        if (kept.Length > length)
            kept = kept[..(char.IsHighSurrogate(kept[length - 1]) ? length - 1 : length)];
        return kept.Length == 0 ? "unknown" : kept;
    }
}

/// <summary>Kind of an event of the audit log.</summary>
public enum AuditKind
{
    /// <summary>A rotation was asked for: command line, map, keys, scopes, tenants.</summary>
    RotationStarted = 1,

    /// <summary>The saga went from one state to another, and why.</summary>
    StateChanged,

    /// <summary>A gate holds, is lost, or is overridden.</summary>
    GateChecked,

    /// <summary>The application answered a post-check, as expected or not.</summary>
    PostChecked,

    /// <summary>Closing totals of a rotation.</summary>
    RotationEnded,

    /// <summary>A key version was taken out of service.</summary>
    KeyRetired,
}
