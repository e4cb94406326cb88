namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// A value of the map with its variables replaced, and its text in the file. A variable's value is never shown; its name
/// is.
/// </summary>
internal readonly record struct MapText(string Value, string Written)
{
    /// <summary>Whether an error may show the value.</summary>
    public bool MayBeShown => !IsFromVariable && Quotation.MayBeShown(Value);

    /// <summary>Whether the text contains a variable.</summary>
    public bool IsFromVariable => Substitution.IsIn(Written);

    /// <summary>The text of the file in quotes, or a remark that it is not shown.</summary>
    public string Quoted => Quotation.Of(Written);

    /// <summary>
    /// What an error shows instead of a value that contains a variable; null where the value contains none.
    /// </summary>
    public string? Variable => IsFromVariable ? Quoted : null;
}
