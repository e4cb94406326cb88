using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>The postmaster and all its children, without the one that serves the observer.</summary>
internal sealed class ServerProcesses
{
    private readonly int postmaster;
    private readonly int observer;

    private ServerProcesses(int postmaster, int observer) =>
        (this.postmaster, this.observer) = (postmaster, observer);

    /// <summary>Finds them by the observer's own session. Throws where the server is not on this machine.</summary>
    public static ServerProcesses Of(NpgsqlConnection observer) =>
        ProcessTimes.TryRead(observer.ProcessID) is { } session
        && ProcessTimes.TryRead(session.Parent) is { Name: "postgres" or "postmaster" }
            ? new ServerProcesses(session.Parent, observer.ProcessID)
            : throw new InvalidOperationException(
                "the server's processes are not among those of this machine (does it run in a container?), so nobody can tell "
                    + "their processor time"
            );

    /// <summary>Processor seconds since the server's start, of children that have ended too.</summary>
    public double Seconds()
    {
        while (true)
        {
            var before = Postmaster();
            var living = ProcessTimes
                .All()
                .Where(one => one.Parent == postmaster && one.Id != observer)
                .Sum(one => one.OwnTicks);
            var now = Postmaster();
            // A child that ended meanwhile is in neither sum, or in both.
            if (now.ChildrenTicks == before.ChildrenTicks)
                return (now.OwnTicks + now.ChildrenTicks + living) / ProcessTimes.TicksPerSecond;
        }
    }

    private ProcessTimes Postmaster() =>
        ProcessTimes.TryRead(postmaster) ?? throw new InvalidOperationException("the server has ended");
}
