namespace RotationMesh.Operations.Http;

/// <summary>Names of the events in streams.</summary>
public static class ApiEvents
{
    /// <summary>
    /// Keep-alive: sent after <see cref="KeepAliveInterval"/> without another event. A client that receives nothing for
    /// <see cref="KeepAliveTimeout"/> has lost the connection.
    /// </summary>
    public const string Alive = "alive";

    /// <summary>The current state of a rotation.</summary>
    public const string Rotation = "rotation";

    /// <summary>
    /// The rotation has ended or is paused; no event follows. A stream that stops without this event was cut.
    /// </summary>
    public const string End = "end";

    /// <summary>The progress of an inspection.</summary>
    public const string Progress = "progress";

    /// <summary>The result of an inspection; no event follows.</summary>
    public const string Result = "result";

    /// <summary>A fault, as problem details; no event follows.</summary>
    public const string Error = "error";

    /// <summary>Longest time without an event; proxies commonly cut a stream after 30 or 60 s.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time without an event after which a client takes a stream for dead; it allows for a few late keep-alives
    /// (<see cref="KeepAliveInterval"/>).
    /// </summary>
    public static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);
}
