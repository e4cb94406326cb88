namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// A value of the map with its variables replaced, and its text as it stands in the file. What came from a variable is
/// never shown; the name of the variable is.
/// </summary>
internal readonly record struct MapText(string Value, string Written)
{
    /// <summary>Whether an error may show the value.</summary>
    public bool MayBeShown => !IsFromVariable && Quotation.MayBeShown(Value);

    /// <summary>Whether a variable is a part of it.</summary>
    public bool IsFromVariable => Substitution.IsIn(Written);

    /// <summary>The text of the file in quotes, or a remark that it is not shown.</summary>
    public string Quoted => Quotation.Of(Written);

    /// <summary>How an error shows it where the value must not be shown; null where it may.</summary>
    public string? Variable => IsFromVariable ? Quoted : null;
}
