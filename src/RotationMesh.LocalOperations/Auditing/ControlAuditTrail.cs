using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Schema;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>Lists, verifies and exports the audit log of the control database.</summary>
/// <param name="control">The control database.</param>
/// <param name="ring">Gives the keys that events are verified with; null, or giving null, where this process has none.</param>
public sealed class ControlAuditTrail(ControlDatabase control, Func<KeyRing?>? ring) : IAuditTrail
{
    /// <summary>Most events in a list: a rotation of many sweeps and lost gates has some hundreds.</summary>
    private const int Listed = 500;

    private readonly AuditReader reader = new(control);
    private readonly DroppedTables dropped = new(control);

    /// <inheritdoc/>
    public async Task<AuditDocument> ListAsync(Guid? rotationId, CancellationToken cancellationToken)
    {
        await EnsureThereAsync(cancellationToken);
        var events = rotationId is { } id
            ? await reader.ReadRotationAsync(id, Listed, cancellationToken)
            : await reader.ReadLatestAsync(Listed, cancellationToken);
        if (events.Count == 0 && rotationId is not null)
            throw new UnknownRotationException($"the audit log has no event of a rotation {rotationId}");
        var all = await reader.CountAsync(rotationId, cancellationToken);
        return new AuditDocument([.. events.Select(Document)], all - events.Count);
    }

    /// <inheritdoc/>
    public async Task<AuditVerdictDocument> VerifyAsync(string? expected, CancellationToken cancellationToken)
    {
        var hash = AuditAnchor.Hash(expected);
        if (await dropped.FindAuditLogAsync(cancellationToken) is { } missing)
            return await MissingAsync(missing, cancellationToken);
        await EnsureThereAsync(cancellationToken);
        var keys = ring?.Invoke();
        var head = await control.HasAsync("audit_head", cancellationToken)
            ? await AuditHead.FindAsync(control, cancellationToken)
            : null;
        var verdict = await new AuditVerification(
            reader,
            new AuditMarks(control),
            keys is null ? null : new AuditSeal(new AuditMac(keys))
        ).RunAsync(hash, head, cancellationToken);
        return AuditVerdicts.Of(verdict);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ExportAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await EnsureThereAsync(cancellationToken);
        await foreach (var written in reader.ReadAsync(cancellationToken))
            yield return AuditLine.Of(written);
    }

    private static AuditEventDocument Document(AuditEvent written) =>
        new()
        {
            Sequence = written.Sequence,
            RecordedAt = written.RecordedAt,
            Kind = written.Kind,
            RotationId = written.RotationId,
            Actor = written.Actor,
            Host = written.Host,
            Details = JsonNode.Parse(written.Details),
            Hash = Convert.ToHexStringLower(written.Hash),
            KeyVersion = written.KeyVersion,
        };

    // Marks that are kept outside of the log show how much of it is lost.
    private async Task<AuditVerdictDocument> MissingAsync(string missing, CancellationToken cancellationToken)
    {
        var noted = await new AuditMarks(control).ReadAsync(cancellationToken);
        var faults = noted
            .Select(mark => new AuditFaultDocument(mark.Sequence, $"is missing: {mark.NotedBy} noted it"))
            .Prepend(new AuditFaultDocument(null, missing));
        return new AuditVerdictDocument(
            false,
            0,
            null,
            noted.Count + 1,
            [.. faults.Take(AuditVerification.MaxFaults)]
        );
    }

    private async Task EnsureThereAsync(CancellationToken cancellationToken)
    {
        await control.HasRecordsAsync(cancellationToken);
        if (await dropped.FindAuditLogAsync(cancellationToken) is { } missing)
            throw new RecordsMissingException(missing);
        if (!await control.HasAsync("audit_events", cancellationToken))
            throw new UsageException("there is no audit log yet: it begins with the first rotation");
    }
}
