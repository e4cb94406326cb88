using System.Runtime.InteropServices;

namespace RotationMesh.Core.Keys;

/// <summary>Secrets that come as text, which the runtime would keep until it collects them.</summary>
public static class SecretText
{
    /// <summary>
    /// Overwrites a text that nobody else holds, such as one that was just read. One that the program's own code names stays
    /// as it is, and so does one that is shorter than any master key, which the runtime may share. Copies that were made of
    /// it are out of reach.
    /// </summary>
    public static void Erase(string? text)
    {
        if (text is null || text.Length < MasterKeyRules.MinLength || string.IsInterned(text) is not null)
            return;
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(text.AsSpan()), text.Length).Clear();
    }
}
