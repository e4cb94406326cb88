namespace RotationMesh.Operations.Http;

/// <summary>What a coordinator's answers are; one of another kind is not a coordinator's.</summary>
public static class ApiMediaTypes
{
    /// <summary>One document.</summary>
    public const string Document = "application/json";

    /// <summary>A stream of events.</summary>
    public const string Events = "text/event-stream";

    /// <summary>Lines of JSON.</summary>
    public const string Lines = "application/jsonl";
}
