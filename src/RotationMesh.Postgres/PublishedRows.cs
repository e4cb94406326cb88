using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>
/// Recognizes and explains the server's refusal to update a published table whose replica identity does not suffice. The
/// explanation is our own: the server puts its own in a part of the error that may quote values in other errors.
/// </summary>
internal static class PublishedRows
{
    /// <summary>Routine of the server that raises these refusals.</summary>
    private const string Routine = "CheckCmdReplicaIdentity";

    public static bool IsRefusal(PostgresException refusal) => refusal.Routine == Routine;

    /// <summary>Returns what the server's message leaves out; empty if the message is complete.</summary>
    public static string Why(PostgresException refusal) =>
        refusal is { Routine: Routine, SqlState: PostgresErrorCodes.InvalidColumnReference }
            ? " (a publication filters its rows or chooses its columns by a column that its replica identity lacks)"
            : "";

    /// <summary>The fix where the server's message names the table.</summary>
    public const string FixOfNamed =
        "give it REPLICA IDENTITY FULL (by ALTER TABLE), or USING INDEX a unique index over those columns";

    /// <summary>Returns the fix that permits updates of a table, whose name is quoted.</summary>
    public static string Fix(string table) =>
        $"ALTER TABLE {table} REPLICA IDENTITY FULL, or USING INDEX a unique index over those columns";
}
