using Microsoft.Extensions.Logging;

namespace RotationMesh.Api.Logging;

/// <summary>Log messages of the interface; ids from 7000.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(7000, LogLevel.Information, "The tokens file has changed: {Tokens} tokens are valid now")]
    public static partial void TokensRead(ILogger log, int tokens);

    [LoggerMessage(
        7001,
        LogLevel.Error,
        "The tokens before that stay valid for {StaleLimit} at most, then nobody gets in: {Reason}"
    )]
    public static partial void TokensNotRead(ILogger log, string reason, TimeSpan staleLimit);

    [LoggerMessage(7002, LogLevel.Error, "{Method} {Route} failed, request {RequestId}")]
    public static partial void RequestFailed(
        ILogger log,
        string method,
        string route,
        string requestId,
        Exception exception
    );

    [LoggerMessage(7003, LogLevel.Error, "A stream of events failed, request {RequestId}")]
    public static partial void StreamFailed(ILogger log, string requestId, Exception exception);

    [LoggerMessage(7004, LogLevel.Warning, "A line of the tokens file is left out: {Reason}")]
    public static partial void TokenLineDropped(ILogger log, string reason);
}
