namespace RotationMesh.Bus;

/// <summary>The broker did not say within a time whether it took a message; it may have.</summary>
public sealed class SendTimeoutException(TimeSpan waited, Exception inner)
    : Exception($"RabbitMQ did not say within {waited.TotalSeconds:0} s whether it took a message", inner);
