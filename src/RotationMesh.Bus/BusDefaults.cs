using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.UsageTracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RotationMesh.Core;

namespace RotationMesh.Bus;

/// <summary>What the bus of every host has in common, whatever its transport and its endpoints.</summary>
public static class BusDefaults
{
    /// <summary>A host gives up on an unreachable broker after this time, instead of starting deaf.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// On a stop, consumers have this long before their cancellation token is set; a partition then ends with the batch at
    /// hand. Most batches take far less than a second, so waiting longer would only delay the inevitable.
    /// </summary>
    public static readonly TimeSpan ConsumerStopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Called first by every host inside <c>AddMassTransit</c>.</summary>
    public static IBusRegistrationConfigurator UseBusDefaults(this IBusRegistrationConfigurator bus)
    {
        bus.DisableUsageTelemetry();

        // The environment (MASSTRANSIT_USAGE_TELEMETRY) outranks that switch. Without a tracker there is nothing to turn on.
        bus.RemoveAll<IUsageTracker>();

        bus.AddOptions<MassTransitHostOptions>().Configure(Apply);
        SystemTextJsonMessageSerializer.Options = Compact(SystemTextJsonMessageSerializer.Options);
        return bus;
    }

    private static void Apply(MassTransitHostOptions options)
    {
        // What is published before the queues are bound is lost without a word.
        options.WaitUntilStarted = true;
        options.StartTimeout = StartTimeout;
        options.ConsumerStopTimeout = ConsumerStopTimeout;
        options.StopTimeout = StopTimes.Bus;
    }

    // Process-wide in MassTransit, so a second bus in the process finds it done. Unknown members stay allowed: hosts of two
    // versions share a broker during an upgrade.
    private static JsonSerializerOptions Compact(JsonSerializerOptions options)
    {
        var compact = new JsonSerializerOptions(options)
        {
            WriteIndented = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        if (!compact.Converters.OfType<JsonStringEnumConverter>().Any())
            compact.Converters.Add(new JsonStringEnumConverter());
        return compact;
    }
}
