using RotationMesh.Cli.Tree;

namespace RotationMesh.Cli.Shells;

/// <summary>
/// Writes the completion of bash (3.2 and later). It needs nothing of the package bash-completion, starts no program, and
/// works under <c>set -u</c>.
/// </summary>
internal static class BashScript
{
    private const string BeforeSteps = """
        # Completion of rotationmesh for bash. Written by: rotationmesh completion bash

        # Offers files (-f) or folders (-d).
        _rotationmesh_paths() {
          local path=''
          while IFS= read -r path; do
            if [[ -n $path ]]; then
              COMPREPLY+=("$prefix$path")
            fi
          done <<<"$(compgen "$1" -- "$cur")"
          compopt -o filenames 2>/dev/null || :
        }

        _rotationmesh() {
          local IFS=$' \t\n'
          local verb='rotationmesh' option='' joined='' given='' words='' prefix='' word='' at=0
          local cur=${COMP_WORDS[COMP_CWORD]-}
          if (($# > 1)); then
            cur=$2
          fi
          COMPREPLY=()
          for ((at = 1; at < COMP_CWORD; at++)); do
            word=${COMP_WORDS[at]-}
            # The shell makes words of their own of these signs.
            if [[ $word == [=:] ]]; then
              joined=1
              continue
            fi
            if [[ -n $joined || -n $option ]]; then
              joined='' option=''
              continue
            fi
            case "$verb $word" in
        """;

    private const string BeforeValues = """
            *' -'*) ;;
            *) given=1 ;;
            esac
          done
          if [[ ${COMP_WORDS[COMP_CWORD]-} == [=:] ]]; then
            joined=1 cur=''
          fi
          if [[ -z $option && $cur == -*=* ]]; then
            option=${cur%%=*} prefix="${cur%%=*}=" cur=${cur#*=}
          fi
          if [[ -n $option ]]; then
            case "$verb $option" in
        """;

    private const string BeforeOptions = """
            esac
          elif [[ -n $joined ]]; then
            :
          elif [[ $cur == -* ]]; then
            case $verb in
        """;

    private const string BeforeVerbs = """
            esac
          elif [[ -z $given ]]; then
            case $verb in
        """;

    private const string End = """
            esac
          fi
          for word in $words; do
            if [[ $word == "$cur"* ]]; then
              COMPREPLY+=("$prefix$word")
            fi
          done
        }

        complete -F _rotationmesh rotationmesh

        """;

    /// <summary>Returns the script.</summary>
    public static string Of(VerbNode root)
    {
        VerbNode[] verbs = [.. root.All];
        string[] lines =
        [
            BeforeSteps,
            .. verbs.SelectMany(Steps),
            BeforeValues,
            .. verbs.SelectMany(Values),
            BeforeOptions,
            .. verbs.Select(verb => Offer($"'{verb.Path}'", verb.Options.SelectMany(option => option.Names))),
            BeforeVerbs,
            .. verbs.Select(verb => Offer($"'{verb.Path}'", Followers(verb))),
            End,
        ];
        return string.Join('\n', lines);
    }

    // What a word on the way to the cursor means after the verb before it.
    private static IEnumerable<string> Steps(VerbNode verb)
    {
        foreach (var next in verb.Verbs)
            yield return Clause($"'{next.Path}'", $"verb='{next.Path}'");
        foreach (var (pattern, _) in Valued(verb))
            yield return Clause(pattern, "option=$word");
    }

    private static IEnumerable<string> Values(VerbNode verb)
    {
        foreach (var (pattern, value) in Valued(verb))
            if (value.Choices.Count > 0)
                yield return Offer(pattern, value.Choices);
            else if (value.IsFile || value.IsFolder)
                yield return Clause(pattern, $"_rotationmesh_paths {(value.IsFile ? "-f" : "-d")}");
    }

    private static IEnumerable<string> Followers(VerbNode verb) =>
        verb.Verbs.Select(next => next.Name).Concat(verb.Arguments.SelectMany(argument => argument.Choices));

    // The options with a value, by the pattern of verb and option.
    private static IEnumerable<(string Pattern, ValueNode Value)> Valued(VerbNode verb)
    {
        foreach (var option in verb.Declared)
            if (option.Value is { } value)
                foreach (var name in option.Names)
                    yield return (option.IsOfEveryVerb ? $"*' {name}'" : $"'{verb.Path} {name}'", value);
    }

    private static string Offer(string pattern, IEnumerable<string> words) =>
        Clause(pattern, $"words='{string.Join(' ', words)}'");

    private static string Clause(string pattern, string action) => $"    {pattern}) {action} ;;";
}
