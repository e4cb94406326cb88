using System.Globalization;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows the limits of counts: those that come from a standby, or leave out rows.</summary>
internal static class NoteView
{
    /// <summary>Writes a line for each note.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<string> notes)
    {
        foreach (var note in notes)
            console.Warn($"Note: {note}");
    }

    /// <summary>Writes a line with what the operator limited an inspection to; nothing where that is all rows.</summary>
    public static void ShowLimits(IAnsiConsole console, IReadOnlyList<string> limits)
    {
        if (limits.Count > 0)
            console.Warn($"Limited to {string.Join("; ", limits)}");
    }

    /// <summary>Writes a line for each standby, with the time up to which it has replayed.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<StandbyDocument> standbys)
    {
        foreach (var standby in standbys)
        {
            var until =
                standby.ReplayedUntil?.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture)
                ?? "an unknown time";
            console.Warn(
                $"Note: database {standby.Database} is a standby: rows of it are those of the primary, replayed until {until}"
            );
        }
    }
}
