using System.CommandLine;

namespace RotationMesh.Cli.Tree;

/// <summary>A verb, or the program itself, with what may follow it. What help hides is left out.</summary>
internal sealed class VerbNode
{
    /// <summary>The name by which the program is called.</summary>
    public const string Program = "rotationmesh";

    /// <summary>What is typed for it, such as <c>rotationmesh keys retire</c>.</summary>
    public required string Path { get; init; }

    public required string Description { get; init; }

    /// <summary>Whether it does something itself; else one of <see cref="Verbs"/> has to follow.</summary>
    public required bool Runs { get; init; }

    /// <summary>Its own options. The program declares those of every verb.</summary>
    public required IReadOnlyList<OptionNode> Declared { get; init; }

    /// <summary>The options of every verb; none where the node is the program, which declares them.</summary>
    public required IReadOnlyList<OptionNode> Inherited { get; init; }

    public required IReadOnlyList<ValueNode> Arguments { get; init; }

    public required IReadOnlyList<VerbNode> Verbs { get; init; }

    /// <summary>The last word of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    public IEnumerable<OptionNode> Options => Declared.Concat(Inherited);

    /// <summary>This node and all below it.</summary>
    public IEnumerable<VerbNode> All => Verbs.SelectMany(verb => verb.All).Prepend(this);

    /// <summary>Reads the tree of the program from its root command.</summary>
    public static VerbNode Of(Command root) => Of(root, Program, []);

    private static VerbNode Of(Command command, string path, IReadOnlyList<OptionNode> inherited)
    {
        OptionNode[] declared = [.. command.Options.Where(option => !option.Hidden).Select(OptionNode.Of)];
        OptionNode[] passedOn = [.. declared.Where(option => option.IsOfEveryVerb), .. inherited];
        return new VerbNode
        {
            Path = path,
            Description = command.Description ?? "",
            Runs = command.Action is not null,
            Declared = declared,
            Inherited = inherited,
            Arguments =
            [
                .. command.Arguments.Where(argument => !argument.Hidden).Select(ValueNode.OfArgument),
            ],
            Verbs =
            [
                .. command
                    .Subcommands.Where(verb => !verb.Hidden)
                    .Select(verb => Of(verb, $"{path} {verb.Name}", passedOn)),
            ],
        };
    }
}
