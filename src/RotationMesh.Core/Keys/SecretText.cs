using System.Runtime.InteropServices;

namespace RotationMesh.Core.Keys;

/// <summary>Erases secrets that come as text, which the runtime would keep in memory until it collects them.</summary>
public static class SecretText
{
    /// <summary>
    /// Overwrites a text that nobody else holds, such as one that was just read. It leaves alone an interned text, such
    /// as a literal of the program, and a text that is shorter than any master key, which the runtime may share. Copies
    /// of the text stay.
    /// </summary>
    public static void Erase(string? text)
    {
        if (text is null || text.Length < MasterKeyRules.MinLength || string.IsInterned(text) is not null)
            return;
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(text.AsSpan()), text.Length).Clear();
    }
}
