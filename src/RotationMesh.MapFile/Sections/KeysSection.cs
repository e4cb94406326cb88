using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>keys</c>: where master keys come from. Without it they come from the environment.</summary>
internal static class KeysSection
{
    private const string Environment = "environment";

    internal static readonly KeySet Keys = new(Required: ["provider"], Optional: []);

    /// <summary>Refuses a provider that does not exist.</summary>
    public static void Check(MapNode? node)
    {
        if (node?.Fields(Keys).Required("provider") is not { } provider)
            return;
        var text = provider.Text();
        if (text.Value != Environment)
            throw provider.Fault($"unknown key provider {text.Quoted}: the only one is '{Environment}'");
    }
}
