using RotationMesh.Core.Map;

namespace RotationMesh.Core.Envelopes;

/// <summary>The envelope formats of a map, ready for use; shared by all threads of a process.</summary>
public sealed class EnvelopeFormats(RotationMap map) : IDisposable
{
    private readonly Dictionary<string, HkdfAes256Gcm> formats = map.Formats.ToDictionary(
        entry => entry.Name,
        entry => new HkdfAes256Gcm(entry.Salt, entry.Info)
    );

    /// <summary>The format of that name in the map.</summary>
    public HkdfAes256Gcm this[string name] => formats[name];

    /// <summary>Zeroes what the formats derived from master keys.</summary>
    public void Dispose()
    {
        foreach (var format in formats.Values)
            format.Dispose();
    }
}
