namespace RotationMesh.Core.Envelopes;

/// <summary>How the values of one encrypted column are read and written.</summary>
public sealed record EnvelopeColumn(HkdfAes256Gcm Format, string Context, EnvelopeEncoding Encoding);
