using System.CommandLine;

namespace RotationMesh.Cli.Tree;

/// <summary>An option of a verb.</summary>
/// <param name="Names">All its names, the main one first.</param>
/// <param name="Value">What follows it; null where nothing does.</param>
internal sealed record OptionNode(IReadOnlyList<string> Names, string Description, ValueNode? Value)
{
    /// <summary>Whether it may be given several times.</summary>
    public bool IsRepeatable { get; init; }

    public bool IsRequired { get; init; }

    public bool IsOfEveryVerb { get; init; }

    /// <summary>Reads an option of the parser.</summary>
    public static OptionNode Of(Option option) =>
        new(
            [.. option.Aliases.Prepend(option.Name).Where(IsPlain)],
            option.Description ?? "",
            option.Arity.MinimumNumberOfValues > 0 ? ValueNode.OfOption(option) : null
        )
        {
            IsRepeatable = option.Arity.MaximumNumberOfValues > 1,
            IsRequired = option.Required,
            IsOfEveryVerb = option.Recursive,
        };

    // The parser takes /h and -? for --help too: nobody types the one here, and the other is a pattern to a shell.
    private static bool IsPlain(string name) =>
        name.StartsWith('-') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
