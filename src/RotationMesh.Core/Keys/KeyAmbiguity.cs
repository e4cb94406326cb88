using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Explains that another reader may take a key for another one, because of white space at its ends or the form of the
/// file that holds it. A rotation to the wrong key would complete, and the application could not read any of its rows.
/// </summary>
internal static class KeyAmbiguity
{
    /// <summary>
    /// Names the readings by their fingerprints; null where there is only one. A reading that the application refuses as
    /// a key does not count.
    /// </summary>
    public static string? Explain(string name, string taken, IReadOnlyList<OtherReading> others)
    {
        var readings = others
            .Where(other => other.Text != taken && MasterKeyRules.Refusal(other.Text) is null)
            .Select(other => $"{other.How}, it is {FingerprintOf(other.Text)}")
            .ToList();
        return readings.Count == 0
            ? null
            : $"{name} can be read in more than one way: taken is the key of fingerprint {FingerprintOf(taken)}; "
                + $"{string.Join("; ", readings)}. Make sure that the application has the one that is taken, and write "
                + "the key so that there is no other";
    }

    /// <summary>Returns the other readings of a key in JSON, which says exactly where the key ends.</summary>
    public static IReadOnlyList<OtherReading> OfJson(string key) =>
        [new(SecretRule.Bare(key), "without the white space at its ends")];

    private static string FingerprintOf(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        try
        {
            return Fingerprint.Of(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
