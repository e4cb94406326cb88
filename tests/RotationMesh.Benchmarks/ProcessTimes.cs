using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>
/// Processor time of one process by <c>/proc</c>: its own, and that of its children that have ended and were waited for.
/// </summary>
internal readonly record struct ProcessTimes(
    int Id,
    string Name,
    int Parent,
    long OwnTicks,
    long ChildrenTicks
)
{
    /// <summary>The unit of <c>/proc</c>, which is the same on every Linux, whatever the kernel's own clock.</summary>
    public const double TicksPerSecond = 100;

    /// <summary>Seconds of the process and of those children, user and system.</summary>
    public double Seconds => (OwnTicks + ChildrenTicks) / TicksPerSecond;

    /// <summary>All processes of the machine that are there now.</summary>
    public static IEnumerable<ProcessTimes> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                && TryRead(id) is { } found
            )
                yield return found;
    }

    /// <summary>One process; null where it is gone.</summary>
    public static ProcessTimes? TryRead(int id)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{id}/stat");
            // The name may hold spaces and parentheses itself; the numbered fields begin after its end, with the third.
            var end = line.LastIndexOf(')');
            var fields = line[(end + 2)..].Split(' ');
            return new ProcessTimes(
                id,
                line[(line.IndexOf('(') + 1)..end],
                (int)Number(fields[1]),
                Number(fields[11]) + Number(fields[12]),
                Number(fields[13]) + Number(fields[14])
            );
        }
        catch (IOException)
        {
            return null; // it has just ended
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
