namespace RotationMesh.Operations.Http;

/// <summary>Media types of a coordinator's answers; an answer of another type is not from a coordinator.</summary>
public static class ApiMediaTypes
{
    /// <summary>One document.</summary>
    public const string Document = "application/json";

    /// <summary>A stream of events.</summary>
    public const string Events = "text/event-stream";

    /// <summary>Lines of JSON.</summary>
    public const string Lines = "application/jsonl";
}
