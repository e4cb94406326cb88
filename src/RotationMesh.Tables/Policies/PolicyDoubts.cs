namespace RotationMesh.Tables.Policies;

/// <summary>What policies may keep from this role, in words for the operator.</summary>
public sealed record PolicyDoubt(string Problem, string Fix)
{
    /// <summary>One line for the operator.</summary>
    public override string ToString() => $"{Problem}; {Fix}";
}

/// <summary>
/// Judges the policies of a table together. It is enough that one permissive policy shows all rows of a tenant; every
/// restrictive one must show them.
/// </summary>
internal static class PolicyDoubts
{
    /// <summary>Finds policies that may hide rows, which nobody would count or rotate.</summary>
    public static IReadOnlyList<PolicyDoubt> OfReading(
        string table,
        IEnumerable<TablePolicy> policies,
        string setting
    ) =>
        Find(
            table,
            policies.Where(policy => policy.Command is "*" or "r"),
            setting,
            "may hide rows from",
            "shows this role"
        );

    /// <summary>Finds policies that may show rows without letting them be updated: each such row is a failure.</summary>
    public static IReadOnlyList<PolicyDoubt> OfUpdating(
        string table,
        IEnumerable<TablePolicy> policies,
        string setting
    ) =>
        Find(
            table,
            policies.Where(policy => policy.Command is "*" or "w"),
            setting,
            "may keep rows from being updated by",
            "lets this role update"
        );

    private static List<PolicyDoubt> Find(
        string table,
        IEnumerable<TablePolicy> policies,
        string setting,
        string does,
        string verb
    )
    {
        var read = policies
            .Where(policy => policy.Shows is not null)
            .Select(policy => (Policy: policy, Why: PolicyReading.WhyHides(policy, setting)))
            .ToList();
        var own =
            $"use a role with BYPASSRLS, or add a policy for it: CREATE POLICY rotation ON {table} TO the role USING (true)";
        var doubts = read.Where(one => !one.Policy.IsPermissive && one.Why is not null)
            .Select(one => new PolicyDoubt(
                $"restrictive policy {one.Policy.Name} on {table} {does} this role, as {one.Why}",
                $"use a role with BYPASSRLS, or let the policy apply to others alone: ALTER POLICY {one.Policy.Name} ON {table} TO their roles"
            ))
            .ToList();
        var permissive = read.Where(one => one.Policy.IsPermissive).ToList();
        if (permissive.Count == 0)
            doubts.Add(new($"no policy on {table} {verb} a row", own));
        else if (permissive.All(one => one.Why is not null))
            doubts.AddRange(
                permissive.Select(one => new PolicyDoubt(
                    $"policy {one.Policy.Name} on {table} {does} this role, as {one.Why}",
                    own
                ))
            );
        return doubts;
    }
}
