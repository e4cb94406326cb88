using RotationMesh.Cli.Tree;
using RotationMesh.Core.Keys;

namespace RotationMesh.Cli.Manual;

/// <summary>The environment variables that the program reads, with what each says.</summary>
internal static class ReadVariables
{
    private static readonly (string Name, string Meaning)[] Secrets =
    [
        (ProgramVariable.Token.Name, "The token that a coordinator asks for"),
        (KeyRingReader.CurrentKey, "The current master key"),
        (KeyRingReader.CurrentVersion, "The version of the current master key (default: 1)"),
        (KeyRingReader.PreviousKeys, "The other master keys: JSON, version to key"),
    ];

    private static readonly (string Name, string Meaning) Telemetry = (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Where traces and metrics are sent; without it none are"
    );

    /// <summary>Returns them: first those that stand for an option of every verb.</summary>
    public static IEnumerable<(string Name, string Meaning)> Of(VerbNode verb)
    {
        foreach (var option in verb.Options)
            if (option is { IsOfEveryVerb: true, Value: not null })
                yield return (ProgramVariable.Of(option.Names[0]).Name, $"Stands for {option.Names[0]}");
        foreach (var (name, meaning) in Secrets)
            yield return (name, $"{meaning}; {name}_FILE may name a file that holds it instead");
        yield return Telemetry;
    }
}
