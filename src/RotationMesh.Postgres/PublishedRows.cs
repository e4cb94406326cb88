using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>
/// Refusals of the server to update a published table whose replica identity does not suffice. The server says the details
/// where it may quote values elsewhere, so that they are in words of ours.
/// </summary>
internal static class PublishedRows
{
    /// <summary>The server's own routine for these refusals.</summary>
    private const string Routine = "CheckCmdReplicaIdentity";

    public static bool IsRefusal(PostgresException refusal) => refusal.Routine == Routine;

    /// <summary>What the server's message leaves out; empty where it says it all.</summary>
    public static string Why(PostgresException refusal) =>
        refusal is { Routine: Routine, SqlState: PostgresErrorCodes.InvalidColumnReference }
            ? " (a publication filters its rows or chooses its columns by a column that its replica identity lacks)"
            : "";

    /// <summary>What lets the <paramref name="table"/>, which is quoted, be updated.</summary>
    public static string Fix(string table) =>
        $"ALTER TABLE {table} REPLICA IDENTITY FULL, or USING INDEX a unique index over those columns";
}
