using System.Security.Claims;
using RotationMesh.Core;
using RotationMesh.Operations;

namespace RotationMesh.Api.Endpoints;

/// <summary>
/// Checks orders for values that are valid JSON, but that no process can handle or no database can store. All methods throw
/// <see cref="UsageException"/> with the name of the member.
/// </summary>
internal static class Orders
{
    private const int LongestName = 100;

    /// <summary>
    /// Names the requester for the audit log: by the name of the token, or, without a tokens file, by what the order says.
    /// </summary>
    public static string Requester(ClaimsPrincipal caller, string? said)
    {
        if (caller.FindFirstValue(ClaimTypes.Name) is { } name)
            return name;
        if (string.IsNullOrWhiteSpace(said))
            return "anonymous";
        return said.Length <= LongestName && !said.Any(char.IsControl)
            ? said
            : throw new UsageException(
                $"requestedBy is longer than {LongestName} characters, or holds one that can't be shown"
            );
    }

    /// <summary>Checks the order of a rotation or a dry run.</summary>
    public static void Check(RotationOrder order)
    {
        Check(order.Rows);
        CheckWorkers(order.Workers);
        Check(order.CommandLine, "commandLine");
        Check(order.TraceParent, "traceParent");
        if (order.IgnoredGates.Any(gate => gate is null))
            throw new UsageException("ignoredGates holds a null: it is a list of gates and reasons");
        foreach (var ignored in order.IgnoredGates)
        {
            Check(ignored.Gate, "ignoredGates.gate");
            Check(ignored.Reason, "ignoredGates.reason");
        }
    }

    /// <summary>Checks the order of a verification.</summary>
    public static void Check(VerificationOrder order)
    {
        Check(order.Rows);
        CheckWorkers(order.Workers);
    }

    /// <summary>Checks the order of a retirement.</summary>
    public static void Check(RetirementOrder order)
    {
        Check(order.CommandLine, "commandLine");
        Check(order.SkipScanReason, "skipScanReason");
        Check(order.Gone, "gone");
        if (order.SkippedScans.Any(skipped => skipped is null))
            throw new UsageException("skippedScans holds a null: it is a list of places and reasons");
        foreach (var skipped in order.SkippedScans)
        {
            Check(skipped.Place, "skippedScans.place");
            Check(skipped.Reason, "skippedScans.reason");
        }
    }

    /// <summary>Checks a control request.</summary>
    public static void Check(ControlOrder order)
    {
        Check(order.Scopes, "scopes");
        Check(order.Tenants, "tenants");
        Check(order.Errors, "errors");
    }

    /// <summary>Checks a selection of rows.</summary>
    public static void Check(RowSelection selection)
    {
        Check(selection.Only, "only");
        Check(selection.Skip, "skip");
        Check(selection.Tenants, "tenants");
    }

    private static void Check(IReadOnlyList<string> names, string member)
    {
        if (names.Any(name => name is null))
            throw new UsageException($"{member} holds a null: it is a list of names");
        foreach (var name in names)
            Check(name, member);
    }

    private static void Check(string? text, string member)
    {
        if (text?.Contains('\0', StringComparison.Ordinal) == true)
            throw new UsageException($"{member} holds U+0000, which no text in PostgreSQL does");
    }

    private static void CheckWorkers(int? workers)
    {
        if (workers is < 1 or > OrderBounds.MaxWorkers)
            throw new UsageException($"workers is {workers}: it must be 1 to {OrderBounds.MaxWorkers}");
    }
}
