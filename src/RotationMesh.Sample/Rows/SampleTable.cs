using Npgsql;

namespace RotationMesh.Sample;

/// <summary>
/// Makes the rows of one table for one thread. A row depends on its number alone, so several threads share a table by
/// taking different numbers.
/// </summary>
internal abstract class SampleTable(SamplePlan plan, string name, string columns, int rows)
{
    // Rows are dated within one year, by the millisecond: the precision of the columns.
    private static readonly DateTime Opening = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private const int MinutesOfYear = 365 * 24 * 60;

    private readonly byte[] id = new byte[SampleId.Length];

    /// <summary>The statement that the rows are sent with.</summary>
    public string CopyStatement { get; } = $"COPY {name} ({columns}) FROM STDIN (FORMAT binary)";

    /// <summary>Rows of the table.</summary>
    public int Rows { get; } = rows;

    protected SamplePlan Plan { get; } = plan;

    /// <summary>The tables in the order in which they are filled, for one thread.</summary>
    public static IReadOnlyList<SampleTable> All(SamplePlan plan, Sealer sealer) =>
        [
            new TenantRows(plan),
            new SourceRows(plan, sealer),
            new ConnectorRows(plan, sealer),
            new EntryRows(plan, sealer),
        ];

    /// <summary>Writes the columns of a row that the importer has begun.</summary>
    public abstract void Write(NpgsqlBinaryImporter copy, int row);

    /// <summary>The id of a row; valid until the next call.</summary>
    protected ReadOnlyMemory<byte> Id(Draw.Stream stream, int row)
    {
        SampleId.Write(Plan.Options.Seed, stream, row, id);
        return id;
    }

    protected static DateTime Created(ref Draw draw) =>
        Opening.AddMinutes(draw.Below(MinutesOfYear)).AddMilliseconds(draw.Below(60_000));

    protected static DateTime Later(DateTime created, ref Draw draw) =>
        created.AddMilliseconds(draw.Below(int.MaxValue));
}
