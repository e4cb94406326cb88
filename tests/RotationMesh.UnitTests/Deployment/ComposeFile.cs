using RotationMesh.UnitTests.Architecture;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace RotationMesh.UnitTests.Deployment;

/// <summary>What <c>compose/compose.yaml</c> says, with its anchors resolved and its variables as they stand.</summary>
internal static class ComposeFile
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "compose");

    public static string Text { get; } = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));

    public static IReadOnlyList<ComposeService> Services { get; } = Read();

    /// <summary>The service of that name.</summary>
    public static ComposeService Service(string name) => Services.Single(service => service.Name == name);

    private static IReadOnlyList<ComposeService> Read()
    {
        var parser = new MergingParser(new Parser(new StringReader(Text)));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return
        [
            .. ((Dictionary<object, object>)file["services"]).Select(service => new ComposeService(
                (string)service.Key,
                (Dictionary<object, object>)service.Value
            )),
        ];
    }
}

/// <summary>A service of the file.</summary>
internal sealed class ComposeService(string name, Dictionary<object, object> settings)
{
    public string Name => name;

    /// <summary>Whether it stays; the others do their work and end.</summary>
    public bool Stays => Text("restart") == "unless-stopped";

    public IReadOnlyList<string> Texts(string setting) =>
        settings.TryGetValue(setting, out var value) ? [.. ((List<object>)value).Cast<string>()] : [];

    public string? Text(string setting) => settings.GetValueOrDefault(setting) as string;

    public IReadOnlyDictionary<string, string> Environment =>
        settings.TryGetValue("environment", out var value)
            ? ((Dictionary<object, object>)value).ToDictionary(
                pair => (string)pair.Key,
                pair => (string)pair.Value
            )
            : new Dictionary<string, string>();

    public bool Has(string setting) => settings.ContainsKey(setting);
}
