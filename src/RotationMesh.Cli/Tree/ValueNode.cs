using System.CommandLine;
using System.CommandLine.Completions;

namespace RotationMesh.Cli.Tree;

/// <summary>A value that follows an option or a verb, by the name that help gives it.</summary>
/// <param name="Choices">The values that it may have; none where any may be given.</param>
internal sealed record ValueNode(string Name, string Description, IReadOnlyList<string> Choices)
{
    /// <summary>Whether it names a file: help calls these, and no others, FILE.</summary>
    public bool IsFile => Name == "FILE";

    /// <summary>Whether it names a folder: help calls these, and no others, DIR.</summary>
    public bool IsFolder => Name == "DIR";

    public bool IsOptional { get; init; }

    /// <summary>Reads what follows an option of the parser.</summary>
    public static ValueNode OfOption(Option option) =>
        new(option.HelpName ?? "VALUE", option.Description ?? "", ChoicesOf(option));

    /// <summary>Reads an argument of the parser, which follows a verb.</summary>
    public static ValueNode OfArgument(Argument argument) =>
        new(argument.Name, argument.Description ?? "", ChoicesOf(argument))
        {
            IsOptional = argument.Arity.MinimumNumberOfValues == 0,
        };

    private static string[] ChoicesOf(Symbol symbol) =>
        [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
}
