namespace RotationMesh.Api.Limits;

/// <summary>More is asked at once than is answered; the message says of what. Asking again later helps.</summary>
internal sealed class BusyException(string message) : Exception(message)
{
    /// <summary>When to ask again, in seconds: most answers take less.</summary>
    public const int AskAgainAfter = 5;
}
