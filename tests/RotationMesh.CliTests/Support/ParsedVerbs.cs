using System.CommandLine;
using RotationMeshProgram = RotationMesh.Cli.CommandLine;

namespace RotationMesh.CliTests.Support;

/// <summary>The verbs that the program parses, by what is typed, without those that help hides.</summary>
internal static class ParsedVerbs
{
    private static readonly Dictionary<string, string[]> Read = new(
        Below("rotationmesh", RotationMeshProgram.Root(_ => null!, CancellationToken.None), [])
    );

    /// <summary>The program and every verb.</summary>
    public static IEnumerable<string> All => Read.Keys;

    /// <summary>The verbs that may follow the program or a verb.</summary>
    public static IEnumerable<string> After(string path) =>
        from other in All
        where other.StartsWith(path, StringComparison.Ordinal) && other.LastIndexOf(' ') == path.Length
        select other[(path.Length + 1)..];

    /// <summary>All names of the options that may follow, but for /h and -?, which the parser takes for --help.</summary>
    public static IReadOnlyList<string> Options(string path) => Read[path];

    private static IEnumerable<KeyValuePair<string, string[]>> Below(
        string path,
        Command command,
        IEnumerable<Option> inherited
    )
    {
        Option[] options = [.. command.Options.Concat(inherited).Where(option => !option.Hidden)];
        var names = options.SelectMany(option => option.Aliases.Append(option.Name));
        yield return new(path, [.. names.Where(name => name.StartsWith('-') && name != "-?")]);
        var passedOn = options.Where(option => option.Recursive);
        foreach (var verb in command.Subcommands.Where(verb => !verb.Hidden))
        foreach (var below in Below($"{path} {verb.Name}", verb, passedOn))
            yield return below;
    }
}
