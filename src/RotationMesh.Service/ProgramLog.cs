using Microsoft.Extensions.Logging;

namespace RotationMesh.Service;

/// <summary>What a service itself logs; ids from 8000. Never a key.</summary>
internal static partial class ProgramLog
{
    [LoggerMessage(8000, LogLevel.Warning, "{Ambiguity}")]
    public static partial void KeyIsAmbiguous(ILogger log, string ambiguity);
}
