namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// A value of the map with its variables replaced. <paramref name="Written"/> tells whether the file holds it literally;
/// what came from a variable is never shown.
/// </summary>
internal readonly record struct MapText(string Value, bool Written)
{
    /// <summary>Whether an error may show the value.</summary>
    public bool MayBeShown => Written && Quotation.MayBeShown(Value);

    /// <summary>The value in quotes, or a remark that it is not shown.</summary>
    public string Quoted => Written ? Quotation.Of(Value) : "(a variable's value)";
}
