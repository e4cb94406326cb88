namespace RotationMesh.Sample;

/// <summary>Decides which rows are corrupt, and how: for each table, a kind of damage by row number.</summary>
internal sealed class DamagePlan
{
    /// <summary>Key version that no key ring has.</summary>
    public const int UnknownVersion = 99;

    private static readonly int Kinds = Enum.GetValues<DamageKind>().Length;

    private DamagePlan(IReadOnlyList<Dictionary<int, DamageKind>> tables) =>
        (Entries, Connectors, Sources) = (tables[0], tables[1], tables[2]);

    public IReadOnlyDictionary<int, DamageKind> Entries { get; }

    public IReadOnlyDictionary<int, DamageKind> Connectors { get; }

    public IReadOnlyDictionary<int, DamageKind> Sources { get; }

    public static DamagePlan Make(SampleOptions options)
    {
        int[] sizes = [options.Rows, options.ConnectorCount, options.SourceCount];
        int[] room = [options.Rows - options.External, options.ConnectorCount, options.SourceCount];
        var kinds = Deal(options.Corrupt, room);
        return new DamagePlan([.. kinds.Select((dealt, table) => Spread(dealt, sizes[table]))]);
    }

    /// <summary>Returns the damage of a row; null where it is sound.</summary>
    public static DamageKind? Of(IReadOnlyDictionary<int, DamageKind> table, int row) =>
        table.TryGetValue(row, out var kind) ? kind : null;

    // Three tables and five kinds have no common divisor: fifteen corrupt rows have every kind in every table.
    private static List<DamageKind>[] Deal(int corrupt, int[] room)
    {
        List<DamageKind>[] dealt =
        [
            [],
            [],
            [],
        ];
        for (int row = 0, table = 0; row < corrupt; row++, table = (table + 1) % dealt.Length)
        {
            while (dealt[table].Count == room[table])
                table = (table + 1) % dealt.Length;
            dealt[table].Add((DamageKind)(row % Kinds));
        }

        return dealt;
    }

    private static Dictionary<int, DamageKind> Spread(List<DamageKind> kinds, int rows)
    {
        var plan = new Dictionary<int, DamageKind>(kinds.Count);
        for (var index = 0; index < kinds.Count; index++)
            plan.Add((int)((long)index * rows / kinds.Count), kinds[index]);
        return plan;
    }
}
