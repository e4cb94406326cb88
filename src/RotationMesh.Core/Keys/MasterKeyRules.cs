namespace RotationMesh.Core.Keys;

/// <summary>What the application refuses as a master key; RotationMesh refuses it too.</summary>
public static class MasterKeyRules
{
    /// <summary>Shortest key in UTF-16 code units, the application's measure of length.</summary>
    public const int MinLength = 32;

    private static readonly string[] Weak = ["test", "demo", "example", "password", "12345", "secret"];

    /// <summary>Why the key is refused, without its value; null where it is accepted.</summary>
    public static string? Refusal(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length < MinLength)
            return $"is shorter than {MinLength} characters";
        // HMAC pads a key with zeros, so with and without them it would have one fingerprint, and no variable holds them.
        if (value.Contains('\0', StringComparison.Ordinal))
            return "holds a NUL character, which no environment variable can";
        return Weak.Any(word => value.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? $"contains one of the words {string.Join(", ", Weak)}, which mark keys that were never meant for production"
            : null;
    }
}
