namespace RotationMesh.Tables.Policies;

/// <summary>
/// Tells whether a condition shows every row of the tenant that is set. It does where it compares the tenant column with
/// the setting for equality. A condition that is not known for certain counts as hiding rows.
/// </summary>
internal sealed class WholeCondition(TablePolicy policy, string setting)
{
    private readonly TenantValue value = new(policy, setting);

    /// <summary>Whether the condition shows every row. The server prints each OR and AND in brackets of its own.</summary>
    public bool IsWhole() => policy.Operators.Length == 0 && IsWhole(SqlWords.Of(policy.Shows ?? ""));

    private bool IsWhole(SqlWord[] words)
    {
        words = SqlWords.Bare(words);
        if (words is [{ } only])
            return only.Is("true");
        // The other sides of an OR only add rows.
        var either = SqlWords.Split(words, "or");
        if (either.Count > 1)
            return either.Exists(IsWhole);
        var all = SqlWords.Split(words, "and");
        return all.Count > 1
            ? all.TrueForAll(part => IsWhole(part) || IsOfSomebody(part)) && all.Exists(IsWhole)
            : IsEqual(words) || IsAnswered(words);
    }

    private bool IsEqual(SqlWord[] words)
    {
        if (SqlWords.At(words, 0, "not"))
            return Sides(SqlWords.Bare(words[1..]), "is", "distinct", "from") is var (one, other)
                && IsPair(one, other);
        if (Sides(words, "in") is var (row, list))
            return SqlWords.At(SqlWords.Bare(list), 0, "select") && value.IsTenant(row) && value.IsSet(list);
        if (Sides(words, "=") is not var (left, right))
            return false;
        return SqlWords.At(right, 0, "any", "(")
            ? SqlWords.Call(right) is (_, [var elements]) && value.IsTenant(left) && value.IsElement(elements)
            : IsPair(left, right);
    }

    private bool IsPair(SqlWord[] one, SqlWord[] other) =>
        value.IsTenant(one) && value.IsSet(other) || value.IsSet(one) && value.IsTenant(other);

    // A condition that the setting is set holds for every row.
    private bool IsAnswered(SqlWord[] words) =>
        Sides(words, "is", "not", "null") is var (set, nothing) && nothing.Length == 0 && value.IsSet(set)
        || Sides(words, "<>") is var (text, empty) && TenantValue.IsEmptyText(empty) && value.IsSet(text);

    private bool IsOfSomebody(SqlWord[] words) =>
        Sides(SqlWords.Bare(words), "is", "not", "null") is var (tenant, nothing)
        && nothing.Length == 0
        && value.IsTenant(tenant);

    private static (SqlWord[] Left, SqlWord[] Right)? Sides(SqlWord[] words, params string[] between) =>
        SqlWords.Split(words, between[0]) is [var left, var right] && SqlWords.At(right, 0, between[1..])
            ? (left, right[(between.Length - 1)..])
            : null;
}
