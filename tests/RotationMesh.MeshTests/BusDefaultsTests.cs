using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.UsageTracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using RotationMesh.Bus;
using RotationMesh.Core;

namespace RotationMesh.MeshTests;

[TestFixture]
[NonParallelizable] // the environment belongs to the process
public sealed class BusDefaultsTests
{
    private const string TelemetryVariable = "MASSTRANSIT_USAGE_TELEMETRY";

    [TearDown]
    public void ForgetTheVariable() => Environment.SetEnvironmentVariable(TelemetryVariable, null);

    [Test]
    public async Task BusWithoutTheDefaults_WouldReportUsage()
    {
        await using var services = Services(_ => { });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Option<UsageTelemetryOptions>(services).Enabled, Is.True);
            Assert.That(services.GetService<IUsageTracker>(), Is.Not.Null);
        }
    }

    [Test]
    public async Task BusWithTheDefaults_ReportsNothing()
    {
        await using var services = Services(bus => bus.UseBusDefaults());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Option<UsageTelemetryOptions>(services).Enabled, Is.False);
            Assert.That(services.GetService<IUsageTracker>(), Is.Null);
        }
    }

    [Test]
    public async Task EnvironmentTurnsTelemetryOn_TheSwitchAloneIsOverruled()
    {
        Environment.SetEnvironmentVariable(TelemetryVariable, "true");
        await using var services = Services(bus => bus.DisableUsageTelemetry());

        var tracker = (UsageTracker)services.GetRequiredService<IUsageTracker>();

        Assert.That(tracker.Enabled, Is.True);
    }

    [Test]
    public async Task EnvironmentTurnsTelemetryOn_TheDefaultsStillReportNothing()
    {
        Environment.SetEnvironmentVariable(TelemetryVariable, "true");
        await using var services = Services(bus => bus.UseBusDefaults());
        var control = services.GetRequiredService<IBusControl>();

        await control.StartAsync();
        await control.StopAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(services.GetService<IUsageTracker>(), Is.Null);
            Assert.That(Option<UsageTelemetryOptions>(services).Enabled, Is.False);
        }
    }

    [Test]
    public async Task HostStarts_ItWaitsUntilTheQueuesAreBound()
    {
        await using var services = Services(bus => bus.UseBusDefaults());

        var options = Option<MassTransitHostOptions>(services);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.WaitUntilStarted, Is.True);
            Assert.That(options.StartTimeout, Is.EqualTo(BusDefaults.StartTimeout));
        }
    }

    [Test]
    public async Task HostStops_ConsumersHaveTimeToEndBeforeTheBusAndTheBusForItsLongestBatch()
    {
        await using var services = Services(bus => bus.UseBusDefaults());

        var options = Option<MassTransitHostOptions>(services);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.ConsumerStopTimeout, Is.LessThan(options.StopTimeout!.Value));
            Assert.That(options.StopTimeout, Is.GreaterThan(StopTimes.Batch).And.LessThan(StopTimes.Host));
        }
    }

    [Test]
    public async Task MessageIsSerialized_OnOneLineEnumsByNameNullsLeftOut()
    {
        await using var first = Services(bus => bus.UseBusDefaults());
        await using var second = Services(bus => bus.UseBusDefaults());
        var options = SystemTextJsonMessageSerializer.Options;

        var json = JsonSerializer.Serialize(new Sample(DayOfWeek.Friday, null), options);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(json, Is.EqualTo("""{"day":"Friday"}"""));
            Assert.That(
                JsonSerializer.Deserialize<Sample>(json, options),
                Is.EqualTo(new Sample(DayOfWeek.Friday, null))
            );
        }
    }

    private static ServiceProvider Services(Action<IBusRegistrationConfigurator> configure) =>
        new ServiceCollection()
            .AddMassTransit(bus =>
            {
                configure(bus);
                bus.UsingInMemory();
            })
            .BuildServiceProvider();

    private static T Option<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;

    private sealed record Sample(DayOfWeek Day, string? Note);
}
