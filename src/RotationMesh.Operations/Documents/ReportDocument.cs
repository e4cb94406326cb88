namespace RotationMesh.Operations.Documents;

/// <summary>A rotation with all that a security logbook or an incident report needs.</summary>
public sealed record ReportDocument
{
    /// <summary>Most tenants that a report lists.</summary>
    public const int MaxTenants = 50;

    /// <summary>When the report was made, by the control database's clock.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The rotation with its totals.</summary>
    public required RotationDocument Rotation { get; init; }

    /// <summary>What was asked for.</summary>
    public required ReportedOrder Order { get; init; }

    /// <summary>Failures by table and cause.</summary>
    public required IReadOnlyList<CauseDocument> Causes { get; init; }

    /// <summary>Rows at the target version that verification could not decrypt; they are among the failures.</summary>
    public required long Unreadable { get; init; }

    /// <summary>Rows by tenant, as they were when the report was made.</summary>
    public required ReportedTenants Tenants { get; init; }

    /// <summary>The rotation's events in the audit log.</summary>
    public required AuditDocument Audit { get; init; }

    /// <summary>
    /// What a check of the whole audit log found; null where there is no log, or an earlier coordinator did not check it.
    /// </summary>
    public AuditVerdictDocument? AuditLog { get; init; }
}

/// <summary>What a rotation was asked to do.</summary>
public sealed record ReportedOrder
{
    /// <summary>Its scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Its tenants; null for all.</summary>
    public required IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Fingerprint of the target version's key.</summary>
    public required string TargetFingerprint { get; init; }

    /// <summary>Identity of the rotation map.</summary>
    public required string MapHash { get; init; }

    /// <summary>Rows in one transaction.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Whether rows above the target version were brought down.</summary>
    public required bool AllowDowngrade { get; init; }
}

/// <summary>
/// At most <see cref="ReportDocument.MaxTenants"/> tenants of tables: those with failures first, then those with most
/// rows. <paramref name="More"/> is the number left out. <paramref name="Uncounted"/> says which tables could not be
/// counted, and why.
/// </summary>
public sealed record ReportedTenants(
    IReadOnlyList<ReportedTenant> Tenants,
    long More,
    IReadOnlyList<string> Uncounted
)
{
    /// <summary>Rows of those left out that are at another version than the target's.</summary>
    public long MoreLeft { get; init; }
}

/// <summary>
/// Rows of one tenant in one table; <paramref name="Left"/> counts the rows at another version than the target's.
/// </summary>
public sealed record ReportedTenant(
    string Scope,
    string Database,
    string Table,
    string? Tenant,
    long Rows,
    long AtTarget,
    long Left,
    long External,
    long Failed
);
