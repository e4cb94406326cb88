using RotationMesh.Control.Audit;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>Describes for operators what a verification of the audit log found, and what it could not check.</summary>
internal static class AuditVerdicts
{
    /// <summary>Returns the verdict as a document.</summary>
    public static AuditVerdictDocument Of(AuditVerdict verdict) =>
        new(
            verdict.IsTrusted,
            verdict.Events,
            verdict.Head,
            verdict.FaultCount,
            [.. verdict.Faults.Select(fault => new AuditFaultDocument(fault.Sequence, fault.Problem))]
        )
        {
            Anchor = verdict.Head is { } head ? AuditAnchor.Of(verdict.HeadSequence, head) : null,
            KeyedFrom = verdict.KeyedFrom,
            BrokenAt = verdict.BrokenAt,
            VouchedUpTo = verdict.VouchedUpTo,
            Unchecked = [.. Unchecked(verdict)],
        };

    private static IEnumerable<string> Unchecked(AuditVerdict verdict)
    {
        foreach (var told in verdict.Doubts.Concat(verdict.Notes))
            yield return told;
        if (verdict.Events == 0 || verdict.VouchedUpTo == verdict.HeadSequence)
            yield break;
        var rest = verdict.VouchedUpTo == 0 ? "the events" : $"the events after {verdict.VouchedUpTo}";
        if (!verdict.ChecksKeys)
            yield return $"Who wrote {rest} was not checked: this process has no key ring, and whoever writes the control "
                + "schema can calculate the plain chain anew. Set the keys, or give --expect with what was noted";
        else if (verdict.KeyedFrom is null)
            yield return "No event is keyed: all are from before the log was, or the log was put back to what it was then. "
                + "Only what was noted elsewhere tells: give it with --expect";
    }
}
