using RotationMesh.Core.Envelopes;

namespace RotationMesh.Sample;

/// <summary>The application's encrypted columns.</summary>
internal sealed class SampleEnvelopes : IDisposable
{
    public const string Salt = "ocsuite-crypto-v1";
    public const string Info = "{tenant}:{context}";

    private readonly HkdfAes256Gcm format = new(Salt, Info);

    public SampleEnvelopes()
    {
        Connector = new EnvelopeColumn(format, "connector-tokens", EnvelopeEncoding.Base64);
        Entry = new EnvelopeColumn(format, "knowledge_entry", EnvelopeEncoding.Base64);
        Source = new EnvelopeColumn(format, "knowledge_source", EnvelopeEncoding.Base64);
    }

    public EnvelopeColumn Connector { get; }

    public EnvelopeColumn Entry { get; }

    public EnvelopeColumn Source { get; }

    public void Dispose() => format.Dispose();
}
