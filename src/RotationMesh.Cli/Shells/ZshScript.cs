using System.Text.RegularExpressions;
using RotationMesh.Cli.Tree;

namespace RotationMesh.Cli.Shells;

/// <summary>Writes the completion of zsh: a function for each verb, sourced or as a file of <c>fpath</c>.</summary>
internal static partial class ZshScript
{
    private const string Beginning = """
        #compdef rotationmesh
        # Completion of rotationmesh for zsh. Written by: rotationmesh completion zsh

        typeset -ga _rotationmesh_every
        _rotationmesh_every=(
        """;

    private const string BeforeArguments = """
          local curcontext="$curcontext" context state state_descr line ret=1
          local -A opt_args
          local -a verbs
        """;

    private const string BeforeVerbs = """
          case $state in
          verb)
            verbs=(
        """;

    private const string BeforeCalls = """
            )
            _describe -t verbs verb verbs && ret=0
            ;;
          rest)
            curcontext="${curcontext%:*:*}:rotationmesh-$line[1]:"
            case $line[1] in
        """;

    private const string AfterCalls = """
            esac
            ;;
          esac
          return ret
        """;

    private const string End = """
        if [[ ${funcstack[1]-} == _rotationmesh ]]; then
          _rotationmesh "$@"
        else
          compdef _rotationmesh rotationmesh
        fi

        """;

    /// <summary>Returns the script.</summary>
    public static string Of(VerbNode root)
    {
        var every = root.Declared.Where(option => option.IsOfEveryVerb).SelectMany(Specs);
        string[] lines =
        [
            Beginning,
            .. every.Select(spec => $"  {spec}"),
            ")\n",
            .. root.All.SelectMany(Function),
            End,
        ];
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Function(VerbNode verb)
    {
        var own = verb.Declared.Where(option => !option.IsOfEveryVerb).SelectMany(Specs);
        var body = verb.Verbs.Count > 0 ? Branch(verb, own) : Leaf(verb, own);
        return [$"{FunctionName(verb)}() {{", .. body, "}\n"];
    }

    private static IEnumerable<string> Leaf(VerbNode verb, IEnumerable<string> options)
    {
        var arguments = verb.Arguments.Select(
            (argument, index) =>
                $"'{index + 1}{(argument.IsOptional ? ":" : "")}:{Escaped(argument.Name)}:{Action(argument)}'"
        );
        return [Call("-S", options.Concat(arguments))];
    }

    // -A leaves the options after the next verb to the function of that verb.
    private static IEnumerable<string> Branch(VerbNode verb, IEnumerable<string> options) =>
        [
            BeforeArguments,
            $"{Call("-C -S -A '-*'", [.. options, "'1: :->verb'", "'*:: :->rest'"])} && ret=0",
            BeforeVerbs,
            .. verb.Verbs.Select(next => $"      '{Escaped(next.Name)}:{Escaped(next.Description)}'"),
            BeforeCalls,
            .. verb.Verbs.Select(next => $"    {next.Name}) {FunctionName(next)} && ret=0 ;;"),
            AfterCalls,
        ];

    private static string Call(string flags, IEnumerable<string> specs) =>
        string.Join(" \\\n    ", specs.Prepend($"  _arguments {flags} : \"${{_rotationmesh_every[@]}}\""));

    private static IEnumerable<string> Specs(OptionNode option)
    {
        // What may be given once excludes its other names.
        var before =
            option.IsRepeatable ? "*"
            : option.Names.Count > 1 ? $"({string.Join(' ', option.Names)})"
            : "";
        var value = option.Value is { } given ? $":{Escaped(given.Name)}:{Action(given)}" : "";
        foreach (var name in option.Names)
        {
            var sign = value.Length > 0 && name.StartsWith("--", StringComparison.Ordinal) ? "=" : "";
            yield return $"'{before}{name}{sign}[{Escaped(option.Description)}]{value}'";
        }
    }

    private static string Action(ValueNode value) =>
        value.Choices.Count > 0 ? $"({string.Join(' ', value.Choices)})"
        : value.IsFile ? "_files"
        : value.IsFolder ? "_files -/"
        : " ";

    private static string FunctionName(VerbNode verb) => $"_{verb.Path.Replace(' ', '_').Replace('-', '_')}";

    private static string Escaped(string text) =>
        Sign().Replace(text, @"\$0").Replace("'", @"'\''", StringComparison.Ordinal);

    // What ends a part of a specification.
    [GeneratedRegex(@"[\\:\[\]]")]
    private static partial Regex Sign();
}
