namespace RotationMesh.Hosting;

/// <summary>Shows settings as text: a line for each, in columns that two spaces or more keep apart.</summary>
public static class SettingsText
{
    private static readonly Setting Head = new("setting", "value", "source");

    /// <summary>Returns the lines, after one that names the columns.</summary>
    public static string Of(IEnumerable<Setting> settings)
    {
        Setting[] lines = [Head, .. settings.Select(Cleared)];
        var name = lines.Max(line => line.Name.Length);
        var value = lines.Max(line => line.Value.Length);
        return string.Concat(
            lines.Select(line => $"{line.Name.PadRight(name)}  {line.Value.PadRight(value)}  {line.Source}\n")
        );
    }

    private static Setting Cleared(Setting setting) =>
        new(OneLine(setting.Name), OneLine(setting.Value), OneLine(setting.Source));

    // A path may hold any character; a line break in one would make a line of its own.
    private static string OneLine(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
