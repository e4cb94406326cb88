namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// How an error shows text of the map. A connection string may stand by mistake where a name is expected, so text that
/// could be one is never shown.
/// </summary>
internal static class Quotation
{
    private const string Hidden = "(not shown)";

    // Longer than any name that PostgreSQL keeps, schema and quotes included; what is longer is not a name.
    private const int LongestShown = 140;

    /// <summary>The text in quotes, or a remark that it is not shown.</summary>
    public static string Of(string text) => MayBeShown(text) ? $"'{text}'" : Hidden;

    /// <summary>The text as a part of a dotted path, or a remark that it is not shown.</summary>
    public static string Part(string text) => MayBeShown(text) ? text : Hidden;

    /// <summary>Whether the text is short and has nothing of a URL or of <c>keyword=value</c>.</summary>
    public static bool MayBeShown(string text) =>
        text.Length <= LongestShown
        && text.AsSpan().IndexOfAny("=@;") < 0
        && !text.Contains("//", StringComparison.Ordinal);
}
