using RotationMesh.Core;
using RotationMesh.Operations;

namespace RotationMesh.Api.Endpoints;

/// <summary>What the JSON reader lets pass.</summary>
internal static class Selections
{
    /// <summary>Throws <see cref="UsageException"/> where a list holds a null.</summary>
    public static void Check(RowSelection selection)
    {
        Check(selection.Only, "only");
        Check(selection.Skip, "skip");
        Check(selection.Tenants, "tenants");
    }

    /// <inheritdoc cref="Check(RowSelection)"/>
    public static void Check(IReadOnlyList<string> names, string list)
    {
        if (names.Any(name => name is null))
            throw new UsageException($"{list} holds a null: it is a list of names");
    }
}
