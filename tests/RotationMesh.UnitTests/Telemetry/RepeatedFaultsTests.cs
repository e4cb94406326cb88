using RotationMesh.Telemetry.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace RotationMesh.UnitTests.Telemetry;

public sealed class RepeatedFaultsTests
{
    private readonly SteppedClock clock = new();

    [Test]
    public void A_fault_of_the_transport_is_told_again_after_ten_minutes_and_another_at_once()
    {
        var faults = new RepeatedFaults(clock);

        var told = new List<bool>
        {
            faults.IsEnabled(Event("MassTransit.Transport", "Declare queue faulted", "refused")),
            faults.IsEnabled(Event("MassTransit.Transport", "Declare queue faulted", "refused")),
            faults.IsEnabled(Event("MassTransit.Transport", "Declare queue faulted", "away")),
            faults.IsEnabled(Event("MassTransit.Transport", "Connection Failed", "refused")),
        };
        clock.Now += TimeSpan.FromMinutes(11);
        told.Add(faults.IsEnabled(Event("MassTransit.Transport", "Declare queue faulted", "refused")));

        Assert.That(told, Is.EqualTo([true, false, true, true, true]));
    }

    [Test]
    public void What_others_say_is_told_each_time()
    {
        var faults = new RepeatedFaults(clock);

        Assert.That(
            Enumerable
                .Range(0, 3)
                .Select(_ => faults.IsEnabled(Event("RotationMesh.Working", "failed", "away"))),
            Has.All.True
        );
    }

    private static LogEvent Event(string source, string message, string cause) =>
        new(
            DateTimeOffset.UnixEpoch,
            LogEventLevel.Error,
            new IOException("lost", new InvalidOperationException(cause)),
            new MessageTemplateParser().Parse(message),
            [new LogEventProperty(Constants.SourceContextPropertyName, new ScalarValue(source))]
        );

    private sealed class SteppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
