using System.Text.Json;
using RotationMesh.Core.Gates;

namespace RotationMesh.Gates.Snapshots;

/// <summary>Reads the output of <c>pgbackrest info --output=json</c>: an array of stanzas, each with its backups.</summary>
internal static class PgBackRestInfo
{
    /// <summary>Returns the end of the stanza's newest good backup. Throws <see cref="GateUnreadableException"/>.</summary>
    public static DateTimeOffset Newest(string json, string stanza)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var newest = document
                .RootElement.EnumerateArray()
                .Where(entry => entry.GetProperty("name").GetString() == stanza)
                .SelectMany(entry => entry.GetProperty("backup").EnumerateArray())
                .Where(IsGood)
                .Select(backup => backup.GetProperty("timestamp").GetProperty("stop").GetInt64())
                .DefaultIfEmpty(-1)
                .Max();
            return newest >= 0
                ? DateTimeOffset.FromUnixTimeSeconds(newest)
                : throw new GateUnreadableException($"pgBackRest has no good backup of the stanza {stanza}");
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new GateUnreadableException("pgbackrest info printed something else than expected", e);
        }
    }

    // pgBackRest has the field from 2.36 on; it is true where a page checksum failed.
    private static bool IsGood(JsonElement backup) =>
        !backup.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.True;
}
