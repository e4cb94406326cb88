namespace RotationMesh.Coordination;

/// <summary>Checks text from other processes before it goes to the control database.</summary>
internal static class MessageText
{
    /// <summary>
    /// Whether PostgreSQL can keep it: not missing, not longer than allowed, and Unicode without NUL. A lone surrogate
    /// is no text, and would make its whole statement fail.
    /// </summary>
    public static bool Fits(string? text, int longest, bool mayBeEmpty = false)
    {
        if (text is null || text.Length > longest || (text.Length == 0 && !mayBeEmpty))
            return false;
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
                return false;
        return true;
    }
}
