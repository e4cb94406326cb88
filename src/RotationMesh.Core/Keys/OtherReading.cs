namespace RotationMesh.Core.Keys;

/// <summary>
/// Another text that a reader may take a secret for. <paramref name="How"/> says how, without a part of the secret:
/// <c>with the newline at its end</c>.
/// </summary>
public sealed record OtherReading(string Text, string How);
