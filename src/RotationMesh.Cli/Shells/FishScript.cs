using RotationMesh.Cli.Tree;

namespace RotationMesh.Cli.Shells;

/// <summary>Writes the completion of fish (3.0 and later).</summary>
internal static class FishScript
{
    private const string BeforeSteps = """
        # Completion of rotationmesh for fish. Written by: rotationmesh completion fish

        # Prints the verb that stands before the cursor.
        function __rotationmesh_verb
            set -l verb rotationmesh
            set -l valued no
            for word in (commandline -opc)[2..-1]
                if test $valued = yes
                    set valued no
                    continue
                end
                switch "$verb $word"
        """;

    private const string AfterSteps = """
                end
            end
            echo $verb
        end

        function __rotationmesh_at
            test (__rotationmesh_verb) = "$argv"
        end

        complete -c rotationmesh -f
        """;

    /// <summary>Returns the script.</summary>
    public static string Of(VerbNode root)
    {
        VerbNode[] verbs = [.. root.All];
        string[] lines =
        [
            BeforeSteps,
            .. verbs.SelectMany(Steps),
            AfterSteps,
            .. verbs.SelectMany(Completions),
            "",
        ];
        return string.Join('\n', lines);
    }

    // What a word on the way to the cursor means after the verb before it.
    private static IEnumerable<string> Steps(VerbNode verb)
    {
        foreach (var next in verb.Verbs)
            yield return Case(next.Path, "verb \"$verb $word\"");
        foreach (var option in verb.Declared.Where(option => option.Value is not null))
        foreach (var name in option.Names)
            yield return Case($"{(option.IsOfEveryVerb ? "*" : verb.Path)} {name}", "valued yes");
    }

    private static string Case(string pattern, string assignment) =>
        $"            case '{pattern}'\n                set {assignment}";

    private static IEnumerable<string> Completions(VerbNode verb)
    {
        var condition = $" -n '__rotationmesh_at {verb.Path}'";
        foreach (var next in verb.Verbs)
            yield return Completion($"{condition} -a {next.Name}", next.Description);
        foreach (var argument in verb.Arguments.Where(argument => argument.Choices.Count > 0))
            yield return Completion($"{condition} -a {Words(argument.Choices)}", argument.Description);
        foreach (var option in verb.Declared)
        {
            var place = option.IsOfEveryVerb ? "" : condition;
            var names = string.Concat(option.Names.Select(Name));
            yield return Completion($"{place}{names}{Value(option.Value)}", option.Description);
        }
    }

    private static string Completion(string what, string description) =>
        $"complete -c rotationmesh{what} -d {Quoted(description)}";

    private static string Name(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}";

    private static string Value(ValueNode? value) =>
        value switch
        {
            null => "",
            { Choices.Count: > 0 } => $" -x -a {Words(value.Choices)}",
            { IsFile: true } => " -r -F",
            { IsFolder: true } => " -x -a '(__fish_complete_directories (commandline -ct))'",
            _ => " -x",
        };

    private static string Words(IEnumerable<string> words) => Quoted(string.Join(' ', words));

    private static string Quoted(string text)
    {
        var escaped = text.Replace(@"\", @"\\", StringComparison.Ordinal);
        return $"'{escaped.Replace("'", @"\'", StringComparison.Ordinal)}'";
    }
}
