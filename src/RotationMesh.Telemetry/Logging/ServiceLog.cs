using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace RotationMesh.Telemetry.Logging;

/// <summary>
/// Logs to standard output: readable lines in a terminal, compact JSON (one document a line) elsewhere. Every sink gets
/// exceptions only as <see cref="DiscreetException"/>.
/// </summary>
public static class ServiceLog
{
    private const string Line = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Lowest logged level of these sources: their messages below it help only their authors.</summary>
    private static readonly Dictionary<string, LogEventLevel> Quieter = new()
    {
        ["MassTransit"] = LogEventLevel.Warning,
        ["Microsoft.AspNetCore"] = LogEventLevel.Warning,
        // The caller gets the result; the log would show an error for each check of a service that starts.
        ["Microsoft.Extensions.Diagnostics.HealthChecks"] = LogEventLevel.Fatal,
    };

    /// <summary>Replaces every other logger of the service.</summary>
    public static void AddServiceLog(this ILoggingBuilder logging, string service)
    {
        logging.ClearProviders();
        logging.AddSerilog(
            Build(service, sinks => WriteToConsole(sinks, Console.IsOutputRedirected)),
            dispose: true
        );
    }

    /// <summary>Builds the logger with the given sinks.</summary>
    internal static Logger Build(string service, Action<LoggerSinkConfiguration> sinks)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .Enrich.FromLogContext()
            .Enrich.WithProperty("service", service)
            .Filter.With(new RepeatedFaults(TimeProvider.System));
        foreach (var (source, level) in Quieter)
            configuration.MinimumLevel.Override(source, level);
        return configuration
            .WriteTo.Sink(LoggerSinkConfiguration.Wrap(sink => new DiscreetSink(sink), sinks))
            .CreateLogger();
    }

    private static void WriteToConsole(LoggerSinkConfiguration sinks, bool redirected)
    {
        if (redirected)
            sinks.Console(new RenderedCompactJsonFormatter());
        else
            sinks.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
    }
}
