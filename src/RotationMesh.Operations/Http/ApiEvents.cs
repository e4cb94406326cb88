namespace RotationMesh.Operations.Http;

/// <summary>Names of the events in streams.</summary>
public static class ApiEvents
{
    /// <summary>
    /// Keep-alive: sent after <see cref="KeepAliveInterval"/> without another event. A client that receives nothing for
    /// <see cref="KeepAliveTimeout"/> has lost the connection.
    /// </summary>
    public const string Alive = "alive";

    /// <summary>A rotation as it is.</summary>
    public const string Rotation = "rotation";

    /// <summary>The rotation has ended or is paused; no event follows. A stream that stops without it was cut.</summary>
    public const string End = "end";

    /// <summary>How far an inspection is.</summary>
    public const string Progress = "progress";

    /// <summary>What an inspection found; no event follows.</summary>
    public const string Result = "result";

    /// <summary>Problem details of what went wrong; no event follows.</summary>
    public const string Error = "error";

    /// <summary>Longest time without an event; proxies commonly cut after 30 or 60 s.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(5);

    /// <summary>Time without an event after which a stream is taken for dead: some of <see cref="KeepAliveInterval"/> may be late.</summary>
    public static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);
}
