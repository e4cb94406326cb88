using System.Globalization;
using RotationMesh.Cli.Tree;

namespace RotationMesh.Cli.Manual;

/// <summary>Writes the man page of a verb, or of the program itself.</summary>
internal sealed class ManPage(VerbNode verb, VerbNode? above, string version)
{
    // A variable that is divided at the end of a line can't be copied.
    private const string NoHyphens = ".nh\n.ad l";

    public string FileName => $"{PageName(verb)}.1";

    /// <summary>Returns the pages of the program and of every verb.</summary>
    public static IEnumerable<ManPage> All(VerbNode root, string version) => Below(root, null, version);

    /// <summary>Returns the page in roff.</summary>
    public string ToRoff()
    {
        string[] lines =
        [
            @".\"" Written by: rotationmesh man",
            $".TH {Roff.Escaped(PageName(verb).ToUpperInvariant())} 1 \"\" \"RotationMesh {version}\" \"RotationMesh\"",
            NoHyphens,
            ".SH NAME",
            $@"{Roff.Escaped(PageName(verb))} \- {Roff.Escaped(verb.Description.TrimEnd('.'))}",
            ".SH SYNOPSIS",
            string.Join("\n.br\n", Synopsis()),
            ".SH DESCRIPTION",
            Roff.Escaped($"{verb.Description.TrimEnd('.')}."),
            .. Section(".SH VERBS", verb.Verbs.Select(Entry)),
            .. Section(".SH ARGUMENTS", verb.Arguments.Select(Entry)),
            .. Section(".SH OPTIONS", verb.Options.Select(Entry)),
            .. Section(".SH EXIT STATUS", ExitStatus.All.Select(Entry)),
            .. Section(".SH ENVIRONMENT", ReadVariables.Of(verb).Select(Entry)),
            .. Section(".SH SEE ALSO", Others()),
            "",
        ];
        return string.Join('\n', lines);
    }

    private static IEnumerable<ManPage> Below(VerbNode verb, VerbNode? above, string version) =>
        verb.Verbs.SelectMany(next => Below(next, verb, version)).Prepend(new ManPage(verb, above, version));

    private static string[] Section(string heading, IEnumerable<string> content)
    {
        string[] lines = [.. content];
        return lines.Length > 0 ? [heading, .. lines] : [];
    }

    private IEnumerable<string> Synopsis()
    {
        const string Options = @"[\fIoption\fR ...]";
        var required = verb.Declared.Where(option => option.IsRequired).Select(option => $"{Term(option)} ");
        var words = verb
            .Arguments.Select(Word)
            .Prepend($"{string.Concat(required)}{Options}")
            .Prepend(Roff.Bold(verb.Path));
        if (verb.Runs)
            yield return string.Join(' ', words);
        if (verb.Verbs.Count > 0)
            yield return $"{Roff.Bold(verb.Path)} {Roff.Italic("verb")} {Options}";
    }

    private IEnumerable<string> Others()
    {
        VerbNode[] others = above is null ? [.. verb.Verbs] : [above, .. verb.Verbs];
        if (others.Length > 0)
            yield return string.Join(",\n", others.Select(Reference));
    }

    private static string Entry(VerbNode next) => Roff.Entry(Reference(next), next.Description);

    private static string Entry(ValueNode value) => Roff.Entry(Roff.Italic(value.Name), value.Description);

    private static string Entry(OptionNode option) => Roff.Entry(Term(option), option.Description);

    private static string Entry((int Code, string Meaning) status) =>
        Roff.Entry(Roff.Bold(status.Code.ToString(CultureInfo.InvariantCulture)), status.Meaning);

    private static string Entry((string Name, string Meaning) variable) =>
        Roff.Entry(Roff.Bold(variable.Name), variable.Meaning);

    private static string Word(ValueNode argument) =>
        argument.IsOptional ? $"[{Roff.Italic(argument.Name)}]" : Roff.Italic(argument.Name);

    private static string Term(OptionNode option)
    {
        var names = string.Join(", ", option.Names.Select(Roff.Bold));
        return option.Value is { } value ? $"{names} {Roff.Italic(value.Name)}" : names;
    }

    private static string Reference(VerbNode other) => $"{Roff.Bold(PageName(other))}(1)";

    private static string PageName(VerbNode verb) => verb.Path.Replace(' ', '-');
}
