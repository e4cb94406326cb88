using Serilog.Core;
using Serilog.Events;

namespace RotationMesh.Telemetry.Logging;

/// <summary>Passes log events on, each exception wrapped in a <see cref="DiscreetException"/>.</summary>
internal sealed class DiscreetSink(ILogEventSink next) : ILogEventSink, IDisposable
{
    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Exception is { } fault)
            logEvent = new LogEvent(
                logEvent.Timestamp,
                logEvent.Level,
                new DiscreetException(fault),
                logEvent.MessageTemplate,
                logEvent.Properties.Select(property => new LogEventProperty(property.Key, property.Value)),
                logEvent.TraceId ?? default,
                logEvent.SpanId ?? default
            );
        next.Emit(logEvent);
    }

    public void Dispose() => (next as IDisposable)?.Dispose();
}
