using System.Globalization;
using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Saga;

/// <summary>
/// What was asked of a rotation and heard, so that a copy of it is not heard again. Only the last minutes are kept: what is
/// older than they are counts as heard.
/// </summary>
internal static class Steerings
{
    /// <summary>
    /// Time by which something may have been asked before what was heard last: clocks of operators differ, and what they ask
    /// within a moment may arrive in any order.
    /// </summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>When and under which id something was asked; null for what is no steering, or does not say so.</summary>
    public static Asking? Asked(object message) =>
        message switch
        {
            PauseRotation pause => pause.Asked,
            ResumeRotation resume => resume.Asked,
            CancelRotation cancel => cancel.Asked,
            RetryRotation retry => retry.Asked,
            _ => null,
        };

    /// <summary>Whether it is a steering at all.</summary>
    public static bool Is(object message) =>
        message is PauseRotation or ResumeRotation or CancelRotation or RetryRotation;

    /// <summary>
    /// A steering as one that is asked after all that was heard, for the process that runs the rotation alone: the clock may have
    /// been set back since.
    /// </summary>
    public static object After(object message, IReadOnlyCollection<string> heard)
    {
        if (Asked(message) is not { } asked || heard.Count == 0)
            return message;
        var last = DateTimeOffset.FromUnixTimeMilliseconds(heard.Max(one => Read(one).At));
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

    /// <summary>What was heard with this one; null where this one was heard before, or too much was since.</summary>
    public static string[]? Hear(IReadOnlyCollection<string> heard, Asking asked)
    {
        var all = heard.Select(Read).ToList();
        var now = (At: asked.At.ToUnixTimeMilliseconds(), asked.Id);
        if (all.Count > 0 && (all.Any(one => one.Id == now.Id) || now.At <= Oldest(all)))
            return null;
        all.Add(now);
        var oldest = Oldest(all);
        return [.. all.Where(one => one.At > oldest).Order().Select(Write)];
    }

    private static long Oldest(IEnumerable<(long At, Guid Id)> heard) =>
        heard.Max(one => one.At) - (long)Apart.TotalMilliseconds;

    private static string Write((long At, Guid Id) one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.At} {one.Id}");

    private static (long At, Guid Id) Read(string text)
    {
        var parts = text.Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), Guid.Parse(parts[1]));
    }
}
