using System.Globalization;
using RotationMesh.Contracts;

namespace RotationMesh.Coordination.Saga;

/// <summary>
/// Keeps the control requests that a rotation has handled, so that a duplicate is ignored. It keeps those of the last
/// minutes; an older request counts as handled.
/// </summary>
internal static class HandledControls
{
    /// <summary>
    /// Time by which a request may be older than the newest handled one: operators' clocks differ, and simultaneous
    /// requests arrive in any order.
    /// </summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>Time and id of a control request; null for other messages, or where the request has none.</summary>
    public static Asking? Asked(object message) =>
        message switch
        {
            PauseRotation pause => pause.Asked,
            ResumeRotation resume => resume.Asked,
            CancelRotation cancel => cancel.Asked,
            RetryRotation retry => retry.Asked,
            _ => null,
        };

    /// <summary>Whether the message is a control request.</summary>
    public static bool Is(object message) =>
        message is PauseRotation or ResumeRotation or CancelRotation or RetryRotation;

    /// <summary>
    /// Returns the request with a time after all handled ones, for the process that runs the rotation alone: the clock
    /// may have been set back since.
    /// </summary>
    public static object After(object message, IReadOnlyCollection<string> handled)
    {
        if (Asked(message) is not { } asked || handled.Count == 0)
            return message;
        var last = DateTimeOffset.FromUnixTimeMilliseconds(handled.Max(one => Read(one).At));
        if (asked.At > last)
            return message;
        var later = asked with { At = last.AddMilliseconds(1) };
        return message switch
        {
            PauseRotation pause => pause with { Asked = later },
            ResumeRotation resume => resume with { Asked = later },
            CancelRotation cancel => cancel with { Asked = later },
            RetryRotation retry => retry with { Asked = later },
            _ => message,
        };
    }

    /// <summary>
    /// Whether a request is older than any that is kept. It may have been handled before, or never: nobody can tell.
    /// </summary>
    public static bool IsTooOld(IReadOnlyCollection<string> handled, Asking asked)
    {
        var all = handled.Select(Read).ToList();
        return all.Count > 0
            && all.TrueForAll(one => one.Id != asked.Id)
            && asked.At.ToUnixTimeMilliseconds() <= Oldest(all);
    }

    /// <summary>Adds a request to the handled ones; null where it was handled, or is older than any kept.</summary>
    public static string[]? Add(IReadOnlyCollection<string> handled, Asking asked)
    {
        var all = handled.Select(Read).ToList();
        var now = (At: asked.At.ToUnixTimeMilliseconds(), asked.Id);
        if (all.Count > 0 && (all.Any(one => one.Id == now.Id) || now.At <= Oldest(all)))
            return null;
        all.Add(now);
        var oldest = Oldest(all);
        return [.. all.Where(one => one.At > oldest).Order().Select(Write)];
    }

    private static long Oldest(IEnumerable<(long At, Guid Id)> handled) =>
        handled.Max(one => one.At) - (long)Apart.TotalMilliseconds;

    private static string Write((long At, Guid Id) one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.At} {one.Id}");

    private static (long At, Guid Id) Read(string text)
    {
        var parts = text.Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), Guid.Parse(parts[1]));
    }
}
