using System.CommandLine;
using RotationMesh.Core;

namespace RotationMesh.Cli.Options;

/// <summary>The argument that names a rotation.</summary>
internal static class RotationId
{
    /// <summary>Creates the argument for a verb.</summary>
    public static Argument<string?> Argument() =>
        new("ID") { Description = "The rotation (default: the latest)", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>
    /// Returns the given id; null for the latest rotation. Throws <see cref="UsageException"/> for text that is no id.
    /// </summary>
    public static Guid? Read(ParseResult parsed, Argument<string?> argument)
    {
        if (parsed.GetValue(argument) is not { } id)
            return null;
        return Guid.TryParse(id, out var found)
            ? found
            : throw new UsageException($"'{id}' is not the id of a rotation");
    }
}
