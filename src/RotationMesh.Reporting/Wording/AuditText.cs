using System.Text.Json;
using System.Text.Json.Serialization;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Rendering;

namespace RotationMesh.Reporting.Wording;

/// <summary>Describes an event of the audit log in words.</summary>
public static class AuditText
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Returns one line of text, without time and actor.</summary>
    public static string Of(AuditEventDocument written) =>
        string.Concat(
            Phrase(written)
                .Spans.Select(span => span.Kind == SpanKind.Foreign ? VisibleText.Of(span.Text) : span.Text)
        );

    internal static Phrase Phrase(AuditEventDocument written)
    {
        ArgumentNullException.ThrowIfNull(written);
        return written.Kind switch
        {
            "RotationStarted" when Read<RotationStartedDetails>(written) is { } started => Started(started),
            "StateChanged" when Read<StateChangedDetails>(written) is { } change => Changed(change),
            "GateChecked" when Read<GateCheckedDetails>(written) is { } gate =>
                $"gate {gate.Gate} {Word(gate.Outcome)}{Because(gate.Reason)}",
            "PostChecked" when Read<PostCheckedDetails>(written) is { } check =>
                $"post-check {check.Check} {(check.Passed ? "passed" : "failed")}{Because(check.Reason)}",
            "RotationEnded" when Read<RotationEndedDetails>(written) is { } end => Ended(end),
            "KeyRetired" when Read<KeyRetiredDetails>(written) is { } key =>
                $"retired key version {key.Version} (fingerprint {key.Fingerprint}) after {key.Verified} rows were decrypted without it{Empty(key.Empty)}{Unread(key)}{Scan(key)}",
            // An event of another version of the program, or of another program, is shown as it is.
            _ => $"{written.Kind} {written.Details?.ToJsonString()}",
        };
    }

    /// <summary>Reads the details of an event; null where they are not of that kind.</summary>
    internal static T? Read<T>(AuditEventDocument written)
        where T : class
    {
        try
        {
            return written.Details?.Deserialize<T>(Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static string Word(GateOutcome outcome) =>
        outcome switch
        {
            GateOutcome.Holds => "holds",
            GateOutcome.Lost => "does not hold",
            _ => "is overridden",
        };

    private static Phrase Started(RotationStartedDetails started) =>
        $"asked for version {started.TargetVersion} (fingerprint {started.TargetFingerprint}) of {Listed(started.Scopes)}{OfTenants(started.Tenants)}{By(started.CommandLine)}";

    private static Phrase Changed(StateChangedDetails change) =>
        $"{change.From} → {change.To}{Narrowed(change)}{Because(change.Reason)}";

    private static Phrase Ended(RotationEndedDetails end) =>
        $"{end.State}: {end.Rows} rows, {end.Rotated} rotated, {end.Current} current, {end.External} external, {end.Failed} failed, {end.Conflicts} conflicts{Verified(end)}";

    private static string Verified(RotationEndedDetails end) =>
        (end.Verified is { } rows ? FormattableString.Invariant($", {rows:N0} decrypted again") : "")
        + (end.Empty > 0 ? FormattableString.Invariant($", {end.Empty:N0} that hold no value") : "")
        + (end.FailedPartitions > 0 ? $", {end.FailedPartitions} partitions not verified" : "");

    private static string Empty(long? rows) =>
        rows > 0 ? FormattableString.Invariant($", {rows:N0} of which hold no value") : "";

    private static string Unread(KeyRetiredDetails key) =>
        key.ExternalUnread > 0
            ? FormattableString.Invariant(
                $", and {key.ExternalUnread:N0} external values that nobody decrypted"
            )
            : "";

    private static string Narrowed(StateChangedDetails change) =>
        change is { Scopes: null, Tenants: null, Errors: null }
            ? ""
            : $" (retry of {Listed(change.Scopes ?? ["all scopes"])}{OfTenants(change.Tenants)}{(change.Errors is { } errors ? $", {Listed(errors)}" : "")})";

    private static string Because(string? reason) => reason is null ? "" : $": {reason}";

    private static string Scan(KeyRetiredDetails key) =>
        key.ScanSkipped is { } reason ? $", and no scan of what the map does not name: {reason}{Without(key)}"
        : key.ScannedTables is { } tables
            ? FormattableString.Invariant(
                $", and {key.ScannedRows:N0} rows of {tables:N0} tables{Wholly(key)} were looked at for what the map does not name{Without(key)}{NotLookedAt(key)}"
            )
        : "";

    private static string Wholly(KeyRetiredDetails key) =>
        key.ScannedWholly is { } whole ? FormattableString.Invariant($" ({whole:N0} of them wholly)") : "";

    private static string Without(KeyRetiredDetails key) =>
        key.ScanSkippedOf is { Count: > 0 } places
            ? $", without {string.Join(", ", places.Select(skipped => $"{skipped.Place} ({skipped.Reason})"))}"
            : "";

    private static string NotLookedAt(KeyRetiredDetails key) =>
        key.NotLookedAt is { Count: > 0 } places ? $"; not looked at: {Listed(places)}" : "";

    private static string By(string? commandLine) => commandLine is null ? "" : $": {commandLine}";

    private static string OfTenants(IReadOnlyList<string>? tenants) =>
        tenants is null ? "" : $" for {Listed(tenants)}";

    // The export has the whole list, which may be a thousand tenants; here, the first few identify the run.
    private static string Listed(IReadOnlyList<string> names) =>
        names.Count <= 5
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more";
}
