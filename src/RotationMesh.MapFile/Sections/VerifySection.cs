using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>verify</c>: how much is decrypted again after a rotation.</summary>
internal static class VerifySection
{
    /// <summary>Reads the share; the default where the section is missing.</summary>
    public static VerificationShare Read(MapNode? node)
    {
        if (node is null)
            return VerificationShare.Default;
        var text = node.Text();
        return VerificationShare.TryParse(text.Value)
            ?? throw node.Fault($"verify is {text.Quoted}: it must be counts, full, or such as sample:5%");
    }
}
