using System.Globalization;
using System.Text.Json;

namespace RotationMesh.Core.Keys;

/// <summary>Reads the key ring from the application's three environment variables.</summary>
public static class KeyRingReader
{
    /// <summary>Value of the current master key.</summary>
    public const string CurrentKey = "MASTER_ENCRYPTION_KEY";

    /// <summary>Version of the current master key; 1 where it is not set.</summary>
    public const string CurrentVersion = "MASTER_ENCRYPTION_KEY_VERSION";

    /// <summary>JSON object that maps the other versions, older or newer, to their keys.</summary>
    public const string PreviousKeys = "MASTER_ENCRYPTION_PREVIOUS_KEYS";

    /// <summary>
    /// Reads the ring. <paramref name="variable"/> returns the value of a variable, or null; <paramref name="others"/>
    /// returns how else its value may be read. Throws <see cref="UsageException"/> that names the variable and the fault,
    /// never a value.
    /// </summary>
    public static KeyRing Read(
        Func<string, string?> variable,
        Func<string, IReadOnlyList<OtherReading>>? others = null
    )
    {
        ArgumentNullException.ThrowIfNull(variable);
        var version = ReadVersion(variable(CurrentVersion));
        var current = ReadCurrent(variable(CurrentKey));
        var keys = new Dictionary<int, string> { [version] = current };
        var previous = ReadPrevious(variable(PreviousKeys)).ToList();
        foreach (var (older, key) in previous)
        {
            if (!keys.TryAdd(older, key))
                throw new UsageException(
                    older == version
                        ? $"{PreviousKeys} names version {older}, which is the current version ({CurrentVersion})"
                        : $"{PreviousKeys} names version {older} twice"
                );
        }

        List<string?> ambiguities =
        [
            KeyAmbiguity.Explain(CurrentKey, current, others?.Invoke(CurrentKey) ?? []),
            .. previous.Select(old =>
                KeyAmbiguity.Explain(
                    $"{PreviousKeys}, version {old.Key},",
                    old.Value,
                    KeyAmbiguity.OfJson(old.Value)
                )
            ),
        ];
        var ring = new KeyRing(version, keys) { Ambiguities = [.. ambiguities.OfType<string>()] };
        foreach (var (_, key) in previous) // parsed here; the caller owns the variables' texts
            SecretText.Erase(key);
        return ring;
    }

    private static int ReadVersion(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 1;
        return ParseVersion(text) ?? throw new UsageException($"{CurrentVersion} is not a positive integer");
    }

    private static string ReadCurrent(string? value)
    {
        if (string.IsNullOrEmpty(value))
            throw new UsageException(
                $"{CurrentKey} is not set: set it, or {CurrentKey}_FILE, or give --env-file"
            );
        return Accepted(value, CurrentKey);
    }

    private static IEnumerable<KeyValuePair<int, string>> ReadPrevious(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return [];
        using var document = ParseObject(json);
        return
        [
            .. document
                .RootElement.EnumerateObject()
                .Select(member => KeyValuePair.Create(MemberVersion(member), MemberKey(member))),
        ];
    }

    private static JsonDocument ParseObject(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // The parser's message would quote a part of the keys.
        }

        throw new UsageException(
            $"{PreviousKeys} is not a JSON object that maps versions to keys, such as {{\"1\": \"…\"}}"
        );
    }

    private static int MemberVersion(JsonProperty member) =>
        ParseVersion(member.Name)
        ?? throw new UsageException($"{PreviousKeys} has a version that is not a positive integer");

    private static string MemberKey(JsonProperty member)
    {
        var name = $"{PreviousKeys}, version {member.Name},";
        if (member.Value.ValueKind != JsonValueKind.String)
            throw new UsageException($"{name} is not a string");
        try
        {
            return Accepted(member.Value.GetString()!, name);
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"{name} is not valid Unicode text");
        }
    }

    private static string Accepted(string value, string name) =>
        MasterKeyRules.Refusal(value) is { } refusal ? throw new UsageException($"{name} {refusal}") : value;

    private static int? ParseVersion(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version >= 1
            ? version
            : null;
}
