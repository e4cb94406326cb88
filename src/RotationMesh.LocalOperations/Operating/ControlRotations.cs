using System.Runtime.CompilerServices;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Control.Settling;
using RotationMesh.Control.Workers;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Requests;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>
/// Operates rotations by way of the control database: requests are written there for the coordinators, and documents
/// are read from there. The key ring seals every request. Reading needs no keys; a document then says what was not
/// checked.
/// </summary>
public sealed class ControlRotations(RotationMap map, Func<KeyRing> ring, ControlDatabase control)
    : IRotations
{
    /// <summary>Most refusing workers in a document.</summary>
    private const int NamedRefusals = 20;

    /// <summary>Time between two looks at a rotation that is followed or was asked something.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait until a request takes effect; coordinators look for requests several times a second.</summary>
    private static readonly TimeSpan Hearing = TimeSpan.FromSeconds(30);

    /// <summary>Longest time that the control database may be away while a rotation is followed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The gates that are checked before a rotation is requested; null where the requester has checked them. With
    /// gates, a start waits for the jobs that they wait for, and throws <see cref="Core.Gates.GateClosedException"/>.
    /// </summary>
    public GateEntrance? Entrance { get; init; }

    /// <summary>
    /// Says what keeps this process from relaying requests and hearing of workers; null where nothing does.
    /// </summary>
    public Func<string?> Hindrance { get; init; } = () => null;

    /// <summary>Finds out why a rotation is stalled; null where documents do not say so.</summary>
    public Standstill? Standstill { get; init; }

    private readonly EmbeddedProcess process = new(control);
    private readonly RunningRotations rotations = new(control);
    private readonly RotationLookup lookup = new(control);
    private readonly RotationRequests requests = new(ring, control);
    private readonly PausedQueueStore paused = new(control);

    private ToldRecords Told => new(control, OptionalKeys.Of(ring));

    /// <inheritdoc/>
    public async Task<Guid> StartAsync(RotationOrder order, CancellationToken cancellationToken)
    {
        var start = new OrderCheck(map, ring()).Check(order);
        await control.MigrateAsync(cancellationToken);
        if (order.RotationId is { } id)
        {
            var (asked, rotation) = await lookup.FindAsync(id, cancellationToken);
            if (rotation is not null)
                KnownOrder.EnsureSame(start, rotation);
            else if (asked is not null)
                KnownOrder.EnsureSame(start, asked);
            if ((asked, rotation) is not (null, null))
                return id;
        }

        if (Entrance is { } entrance)
            await entrance.EnterAsync(start, cancellationToken);
        await requests.StartAsync(start.RotationId, start, order.TraceParent, cancellationToken);
        return start.RotationId;
    }

    /// <inheritdoc/>
    public async Task<RotationDocument> FindAsync(Guid? rotationId, CancellationToken cancellationToken)
    {
        var (asked, rotation) = await lookup.FindAsync(rotationId, cancellationToken);
        if (asked is null)
            return await ReadAsync(rotation ?? throw Unknown(rotationId), cancellationToken);
        var queues = await paused.ListNamesAsync(asked.RotationId, cancellationToken);
        return RotationListings.Asked(asked, Hindrance()) with { PausedQueues = queues };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RotationDocument> FollowAsync(
        Guid rotationId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var answered = TimeProvider.System.GetTimestamp();
        RotationDocument? last = null;
        while (true)
        {
            RotationDocument? now;
            try
            {
                now = last = await FindAsync(rotationId, cancellationToken);
                answered = TimeProvider.System.GetTimestamp();
            }
            catch (NpgsqlException fault) when (TimeProvider.System.GetElapsedTime(answered) < Timeout)
            {
                // The server restarts or fails over, and will be back.
                now = last is null ? null : last with { Reason = DatabaseFaults.DescribeNamed(fault) };
            }

            if (now is not null)
                yield return now;
            if (now is not null && RotationDocuments.IsLast(now))
                yield break;
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<RotationListDocument> ListAsync(CancellationToken cancellationToken)
    {
        var (starts, latest, more) = await lookup.ListAsync(cancellationToken);
        var listings = starts.Select(asked => RotationListings.Listed(asked, Hindrance())).ToList();
        foreach (var rotation in await Told.ReadAsync(latest, cancellationToken))
            listings.Add(await process.TellAsync(rotation, RotationListings.Of(rotation), cancellationToken));
        return new RotationListDocument([.. listings.OrderByDescending(listing => listing.StartedAt)], more);
    }

    /// <inheritdoc/>
    public async Task<FailuresDocument> ListFailuresAsync(
        Guid? rotationId,
        CancellationToken cancellationToken
    )
    {
        var rotation = await FindRunningAsync(rotationId, cancellationToken) ?? throw Unknown(rotationId);
        var told = await Told.ReadAsync([rotation], cancellationToken);
        return await FailureListings.ReadAsync(control, told.Single(), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RotationDocument> ControlAsync(
        Guid? rotationId,
        ControlOrder order,
        CancellationToken cancellationToken
    )
    {
        var (withdrawn, found) = await lookup.FindControlledAsync(
            rotationId,
            order,
            requests,
            cancellationToken
        );
        if (withdrawn is not null)
            return await FindAsync(withdrawn, cancellationToken);
        var rotation = found ?? throw Unknown(rotationId);
        ControlRules.EnsureAllowed(rotation, order, map);
        var request = await requests.ControlAsync(rotation, order, cancellationToken);
        var asked = TimeProvider.System.GetTimestamp();
        var now = rotation;
        // A cancel of one that was killed at its end has its totals written.
        var isLeft = rotation is { Embedded: true, State: RotationState.Cancelled };
        while (
            (!ControlRules.HasHeard(rotation, now, order.Action) || (isLeft && !now.IsOver))
            && TimeProvider.System.GetElapsedTime(asked) < Hearing
        )
        {
            await Task.Delay(Interval, cancellationToken);
            await requests.EnsureNotRefusedAsync(request, cancellationToken);
            now = await rotations.FindAsync(rotation.RotationId, cancellationToken) ?? now;
        }

        return await ReadAsync(now, cancellationToken) with
        {
            Unheard = !ControlRules.HasHeard(rotation, now, order.Action) || (isLeft && !now.IsOver),
        };
    }

    /// <summary>Finds a rotation that has begun, or the latest one; null where there is none.</summary>
    public Task<RunningRotation?> FindRunningAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        lookup.FindBegunAsync(rotationId, cancellationToken);

    /// <summary>Reads the document of a rotation.</summary>
    public async Task<RotationDocument> ReadAsync(
        RunningRotation rotation,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rotation);
        var report = await new RotationReader(control, map, OptionalKeys.Of(ring)).ReadAsync(
            rotation,
            cancellationToken
        );
        var ledger = await new LedgerSummary(control).ReadAsync(rotation.RotationId, cancellationToken);
        var refusals = await new Refusals(control).ListAsync(
            rotation.RotationId,
            NamedRefusals,
            cancellationToken
        );
        var queues = await paused.ListNamesAsync(rotation.RotationId, cancellationToken);
        var refused = await requests.ListRefusedAsync(rotation.RotationId, cancellationToken);
        IReadOnlyList<RegisteredWorker> workers = rotation.Embedded
            ? []
            : await new WorkerRegistry(control).ListAsync(cancellationToken);
        var document = RotationDocuments.Hindered(
            RotationDocuments.Complete(RotationDocuments.Of(report), rotation, ledger, refusals),
            rotation.Embedded ? null : Hindrance()
        ) with
        {
            Workers = MeshWorkers.Of(workers, rotation),
            AuditHead = await AuditAnchor.FindAsync(
                control,
                rotation,
                OptionalKeys.Of(ring),
                cancellationToken
            ),
            RefusedRequests = refused,
            PausedQueues = queues,
        };
        if (Standstill is { } standstill)
            document = await standstill.TellAsync(document, rotation, ledger, cancellationToken);
        return await process.TellAsync(rotation, document, cancellationToken);
    }

    private static UnknownRotationException Unknown(Guid? rotationId) =>
        new(rotationId is null ? "there was no rotation yet" : $"there is no rotation {rotationId}");
}
