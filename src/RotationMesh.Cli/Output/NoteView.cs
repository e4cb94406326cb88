using System.Globalization;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows what counts rest on, where they are not the primary's own or not of every row.</summary>
internal static class NoteView
{
    /// <summary>A line for each.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<string> notes)
    {
        foreach (var note in notes)
            console.Warn($"Note: {note}");
    }

    /// <summary>Shows until when each standby has replayed.</summary>
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
