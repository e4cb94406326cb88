using System.Globalization;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Gates.Commands;

namespace RotationMesh.Gates.Snapshots;

/// <summary>Reads when the newest snapshot was taken.</summary>
public static class SnapshotTime
{
    private static readonly TimeSpan InfoTimeout = TimeSpan.FromSeconds(30);

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads the time from the source. Throws <see cref="GateUnreadableException"/>.</summary>
    public static async Task<DateTimeOffset> ReadAsync(
        SnapshotSource source,
        CancellationToken cancellationToken
    ) =>
        source switch
        {
            PgBackRestSource repository => PgBackRestInfo.Newest(
                await OutputAsync(Info(repository), cancellationToken),
                repository.Stanza
            ),
            CommandSource command => Parse((await OutputAsync(command.Run, cancellationToken)).Trim())
                ?? throw new GateUnreadableException(
                    $"{command.Run.Program} printed no time such as 2026-11-24T01:00:00Z, nor seconds since 1970"
                ),
            FileSource file => Changed(file.Path),
            _ => throw new InvalidOperationException($"no reader for {source.GetType().Name}"),
        };

    /// <summary>
    /// Parses a time with its zone (<c>2026-11-24T01:00:00Z</c>, <c>…+01:00</c>) or whole seconds since 1970; null for
    /// anything else. A time without a zone would be a guess.
    /// </summary>
    public static DateTimeOffset? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        var zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-dd".Length;
        return
            zoned
            && DateTimeOffset.TryParseExact(
                text,
                Forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
            ? time
            : null;
    }

    private static CommandLine Info(PgBackRestSource source) =>
        new("pgbackrest", ["info", "--output=json", $"--stanza={source.Stanza}"], InfoTimeout)
        {
            Environment = source.Environment,
        };

    private static async Task<string> OutputAsync(CommandLine command, CancellationToken cancellationToken)
    {
        var run = await ProgramRun.RunAsync(command, cancellationToken);
        return run.ExitCode == 0
            ? run.Output
            : throw new GateUnreadableException($"{command.Program} exits {run.ExitCode}");
    }

    private static DateTimeOffset Changed(string path)
    {
        try
        {
            if (File.Exists(path))
                return new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateUnreadableException($"the file {path} cannot be read", e);
        }

        throw new GateUnreadableException($"there is no file {path}");
    }
}
