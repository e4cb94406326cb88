using Npgsql;

namespace RotationMesh.Sample;

/// <summary>
/// Makes the rows of one table for one thread. A row depends only on its number, so several threads can share a table: each
/// takes other numbers.
/// </summary>
internal abstract class SampleTable(SamplePlan plan, string name, string columns, int rows)
{
    // Rows are created within one year; the columns have a precision of milliseconds.
    private static readonly DateTime Opening = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private const int MinutesOfYear = 365 * 24 * 60;

    private readonly byte[] id = new byte[SampleId.Length];

    /// <summary>The COPY statement that sends the rows.</summary>
    public string CopyStatement { get; } = $"COPY {name} ({columns}) FROM STDIN (FORMAT binary)";

    /// <summary>Number of rows in the table.</summary>
    public int Rows { get; } = rows;

    protected SamplePlan Plan { get; } = plan;

    /// <summary>Returns the tables for one thread, in the order in which it fills them.</summary>
    public static IReadOnlyList<SampleTable> All(SamplePlan plan, Sealer sealer) =>
        [
            new TenantRows(plan),
            new SourceRows(plan, sealer),
            new ConnectorRows(plan, sealer),
            new EntryRows(plan, sealer),
        ];

    /// <summary>Writes the columns of a row that the importer has begun.</summary>
    public abstract void Write(NpgsqlBinaryImporter copy, int row);

    /// <summary>Returns the id of a row; it is valid until the next call.</summary>
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
