namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// How an error shows text of the map. An operator may have put a connection string where a name is expected, so text
/// that could be one is never shown.
/// </summary>
internal static class Quotation
{
    private const string Hidden = "(not shown)";

    // Longer than any name that PostgreSQL keeps, with schema and quotes; a longer text is not a name.
    private const int LongestShown = 140;

    /// <summary>Returns the text in quotes, or a remark that it is not shown.</summary>
    public static string Of(string text) => MayBeShown(text) ? $"'{text}'" : Hidden;

    /// <summary>Returns the text as a part of a dotted path, or a remark that it is not shown.</summary>
    public static string Part(string text) => MayBeShown(text) ? text : Hidden;

    /// <summary>Whether the text is short and looks neither like a URL nor like <c>keyword=value</c>.</summary>
    public static bool MayBeShown(string text) =>
        text.Length <= LongestShown
        && text.AsSpan().IndexOfAny("=@;") < 0
        && !text.Contains("//", StringComparison.Ordinal);
}
