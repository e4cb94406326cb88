namespace RotationMesh.ApiTests.Support;

/// <summary>A clock that is put forward by hand.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Step(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
}
