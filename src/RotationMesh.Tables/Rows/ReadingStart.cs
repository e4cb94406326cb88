using System.Globalization;
using Npgsql;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// The moment at which the reading of a table began. It tells the row versions that had been committed by then from those that
/// may be newer. No snapshot is kept, so vacuum goes on.
/// </summary>
public sealed class ReadingStart
{
    // The server keeps its start time when it recovers from the crash of one session, but not its counts.
    private const string Ask = """
        SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.text,
               coalesce(extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time())::pg_catalog.text, '')
        """;

    /// <summary>Transactions after which a start tells nothing any more: 32 bits of an id come round after four times as many.</summary>
    private const ulong Longest = 1UL << 30;

    private const char Between = '/';

    private readonly DatabaseInstance place;
    private readonly ulong oldest;

    private ReadingStart(DatabaseInstance place, ulong oldest) => (this.place, this.oldest) = (place, oldest);

    /// <summary>
    /// Takes the present moment. Call it before the leaves of the table are listed. Throws
    /// <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public static async Task<ReadingStart> TakeAsync(
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        return await NowAsync(connection, cancellationToken);
    }

    private static async Task<ReadingStart> NowAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var place = await DatabaseInstance.ReadAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(Ask, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ReadingStart(
            place with
            {
                Server = $"{place.Server}+{reader.GetString(1)}",
            },
            ulong.Parse(reader.GetString(0), CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Reads what <see cref="ToText"/> wrote; null where it is something else.</summary>
    public static ReadingStart? TryParse(string? text) =>
        text?.Split(Between) is [var server, var oid, var xmin]
        && uint.TryParse(oid, CultureInfo.InvariantCulture, out var database)
        && ulong.TryParse(xmin, CultureInfo.InvariantCulture, out var oldest)
            ? new ReadingStart(new DatabaseInstance(server, database), oldest)
            : null;

    /// <summary>The moment as the control database keeps it.</summary>
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{place.Server}{Between}{place.Oid}{Between}{oldest}");

    /// <summary>
    /// Returns whether the connection leads to the server on which the moment was taken, whether that has not been started anew
    /// (after a crash or a failover, transactions may get ids that were given out before), and whether ids are not so far on that
    /// older and newer can't be told.
    /// </summary>
    internal async Task<bool> IsOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var now = await NowAsync(connection, cancellationToken);
        return now.place == place && now.oldest >= oldest && now.oldest - oldest < Longest;
    }

    /// <summary>Returns a condition that a row version had been committed at that moment.</summary>
    internal string Older(QueryText query) => Compare(query, ">");

    /// <summary>
    /// Returns a condition that a row version may be newer. Each that <see cref="Older"/> does not admit meets it, then and
    /// later.
    /// </summary>
    internal string Newer(QueryText query) => Compare(query, "<=");

    // The oldest transaction that ran at that moment: all before it were over. A row has 32 bits of its transaction's id, and
    // age() subtracts modulo 2^32. So a frozen row may look newer once ids have come round, and never older again.
    private string Compare(QueryText query, string sign)
    {
        var start = query.Add(((uint)(oldest & uint.MaxValue)).ToString(CultureInfo.InvariantCulture));
        return $"pg_catalog.age(t.xmin) OPERATOR(pg_catalog.{sign}) pg_catalog.age({start}::pg_catalog.xid)";
    }
}
