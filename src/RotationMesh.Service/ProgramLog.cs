using Microsoft.Extensions.Logging;

namespace RotationMesh.Service;

/// <summary>Log messages of the service itself; ids from 8000. None holds a key.</summary>
internal static partial class ProgramLog
{
    [LoggerMessage(8000, LogLevel.Warning, "{Ambiguity}")]
    public static partial void KeyIsAmbiguous(ILogger log, string ambiguity);

    [LoggerMessage(8001, LogLevel.Warning, "{Finding}")]
    public static partial void VariableIsUnknown(ILogger log, string finding);
}
