namespace RotationMesh.MapFile;

/// <summary>The JSON Schema of the map, with which an editor completes and explains it.</summary>
public static class MapSchema
{
    /// <summary>Name of the file that lies beside the program.</summary>
    public const string FileName = "rotation.schema.json";

    /// <summary>The schema (JSON Schema, draft 2020-12).</summary>
    public static string Text => text.Value;

    private static readonly Lazy<string> text = new(Load);

    private static string Load()
    {
        using var stream =
            typeof(MapSchema).Assembly.GetManifestResourceStream(FileName)
            ?? throw new InvalidOperationException($"the resource {FileName} is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
