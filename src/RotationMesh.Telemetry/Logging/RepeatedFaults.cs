using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace RotationMesh.Telemetry.Logging;

/// <summary>
/// Logs a repeated fault of the transport or the dispatcher only once in ten minutes: both retry as long as a broker refuses
/// or is unreachable, and log the whole stack trace each time.
/// </summary>
internal sealed class RepeatedFaults(TimeProvider clock) : ILogEventFilter
{
    private static readonly string[] Tireless = ["MassTransit", "RotationMesh.Coordination.Dispatching"];

    /// <summary>Most faults that are remembered; then all are forgotten, since so many different faults are no repeats.</summary>
    private const int Most = 1000;

    /// <summary>Compared characters of a cause: they include the broker's code, but not the name of the queue.</summary>
    private const int Compared = 100;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> told = new();

    /// <inheritdoc/>
    public bool IsEnabled(LogEvent logEvent)
    {
        if (logEvent.Exception is not { } fault || !IsTireless(logEvent))
            return true;
        var cause = fault.GetBaseException();
        var words = cause.Message.Length > Compared ? cause.Message[..Compared] : cause.Message;
        var key = $"{logEvent.MessageTemplate.Text} {cause.GetType()} {words}";
        var now = clock.GetTimestamp();
        if (told.TryGetValue(key, out var last) && clock.GetElapsedTime(last, now) < Quiet)
            return false;
        if (told.Count >= Most)
            told.Clear();
        told[key] = now;
        return true;
    }

    private static bool IsTireless(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: string name }
        && Tireless.Any(one => name.StartsWith(one, StringComparison.Ordinal));
}
