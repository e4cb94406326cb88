using System.CommandLine;
using RotationMesh.Core;

namespace RotationMesh.Cli.Commands;

/// <summary>The argument by which verbs name a rotation.</summary>
internal static class RotationId
{
    /// <summary>A new argument for a verb.</summary>
    public static Argument<string?> Argument() =>
        new("ID") { Description = "The rotation (default: the latest)", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The id that was given; null for the latest. Throws <see cref="UsageException"/> for what is no id.</summary>
    public static Guid? Read(ParseResult parsed, Argument<string?> argument)
    {
        if (parsed.GetValue(argument) is not { } id)
            return null;
        return Guid.TryParse(id, out var found)
            ? found
            : throw new UsageException($"'{id}' is not the id of a rotation");
    }
}
