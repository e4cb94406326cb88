using Npgsql;
using RotationMesh.Core.Keys;

namespace RotationMesh.Sample;

/// <summary>One of the threads that make rows, with its own connection and COPY stream.</summary>
internal sealed class Lane(NpgsqlDataSource source, KeyRing ring, SamplePlan plan, LoadProgress progress)
{
    /// <summary>Number of lanes: one makes and encrypts rows while the database stores those of the other.</summary>
    public const int Count = 2;

    private const int RowsPerReport = 1_000;

    // A slow disk may delay a stream for a while; the driver's default of 30 s is meant for queries.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Sends every row whose number leaves <paramref name="remainder"/> when divided by the number of lanes.</summary>
    public async Task FillAsync(int remainder, CancellationToken cancellationToken)
    {
        using var sealer = new Sealer(ring, plan.Options.KeyVersion, plan.Tenants);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        foreach (var table in SampleTable.All(plan, sealer))
        {
            await using var copy = await connection.BeginBinaryImportAsync(
                table.CopyStatement,
                cancellationToken
            );
            copy.Timeout = Timeout;
            Write(table, copy, remainder, cancellationToken);
            await copy.CompleteAsync(cancellationToken);
        }
    }

    // Synchronous on purpose: a row is a dozen small writes into the driver's buffer, and few of them wait.
    private void Write(
        SampleTable table,
        NpgsqlBinaryImporter copy,
        int remainder,
        CancellationToken cancellationToken
    )
    {
        var unreported = 0;
        for (var row = remainder; row < table.Rows; row += Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            copy.StartRow();
            table.Write(copy, row);
            if (++unreported < RowsPerReport)
                continue;
            progress.Add(unreported);
            unreported = 0;
        }

        progress.Add(unreported);
    }
}
