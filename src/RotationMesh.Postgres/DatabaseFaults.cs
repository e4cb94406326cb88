using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres;

/// <summary>Describes a failure of a database in one line.</summary>
public static class DatabaseFaults
{
    /// <summary>Text that the driver puts before host and port.</summary>
    private const string NotConnected = "Failed to connect to ";

    /// <summary>Message for a database that accepts no writes.</summary>
    public const string ReadOnly =
        $"{Reasons.ReadOnly}: point the map at the primary, with a role that may write";

    private static readonly Dictionary<string, string> Explained = new()
    {
        [PostgresErrorCodes.ReadOnlySqlTransaction] = ReadOnly,
        [PostgresErrorCodes.TooManyConnections] =
            $"{Reasons.NoConnectionLeft}, or the role none of its own (a rotation needs two for each of its --workers, "
            + "and some more): close others, or raise the limit",
        [PostgresErrorCodes.CharacterNotInRepertoire] =
            $"{Reasons.NoText}, as the encoding SQL_ASCII admits: correct the tenant or key of that row",
        [PostgresErrorCodes.UntranslatableCharacter] =
            $"{Reasons.NoCounterpart}, the database's own or UTF-8: name what stands there",
    };

    /// <summary>Returns what a SQLSTATE means, if operators meet it; otherwise the code or the words themselves.</summary>
    public static string DescribeState(string codeOrWords)
    {
        ArgumentNullException.ThrowIfNull(codeOrWords);
        var meaning = codeOrWords switch
        {
            PostgresErrorCodes.UndefinedColumn => "a column of the map is gone",
            PostgresErrorCodes.UndefinedTable => "a table of the map is gone",
            PostgresErrorCodes.InsufficientPrivilege => "the role lacks a right",
            PostgresErrorCodes.LockNotAvailable => "somebody has the table locked",
            PostgresErrorCodes.QueryCanceled => "a statement took too long, or was cancelled",
            PostgresErrorCodes.DiskFull => "the server's disk is full",
            _ => Explained.GetValueOrDefault(codeOrWords),
        };
        return meaning is not null ? $"{meaning} (SQLSTATE {codeOrWords})"
            : codeOrWords.Length == 5 && codeOrWords.All(char.IsAsciiLetterOrDigit)
                ? $"SQLSTATE {codeOrWords}"
            : codeOrWords;
    }

    /// <summary>
    /// Describes any exception that a call to a database may throw, such as the end of a connection during a read.
    /// </summary>
    public static string Describe(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (cause is NpgsqlException known)
                return Describe(known);
        // Only the messages of these types are known to quote no values.
        return fault is TimeoutException or IOException or UsageException
            ? fault.Message
            : $"it failed: {fault.GetType().Name}";
    }

    /// <summary>
    /// Describes a fault with its database, for places that do not name the database themselves. A fault of a database of the
    /// map names it; a failure to connect that names none concerns the control database.
    /// </summary>
    public static string DescribeNamed(NpgsqlException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return
            fault.Message.StartsWith(NotConnected, StringComparison.Ordinal)
            && fault is not ApplicationDatabaseException
            ? $"control database: {Describe(fault)}"
            : Describe(fault);
    }

    /// <summary>
    /// Whether the operators of the databases can mend the fault: a database can't be reached or lacks something, a role
    /// lacks a right, or a fault passes by itself. Any other refusal is a fault of the program's own statements.
    /// </summary>
    public static bool IsForOperators(NpgsqlException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault is ApplicationDatabaseException { InnerException: NpgsqlException inner })
            return IsForOperators(inner);
        return fault is not PostgresException refusal
            || refusal.IsForOperators()
            || Explained.ContainsKey(refusal.SqlState);
    }

    /// <summary>
    /// Whether a publication forbids every update of a table until its owner gives it another replica identity.
    /// </summary>
    public static bool IsOfPublication(PostgresException refusal) => PublishedRows.IsRefusal(refusal);

    /// <summary>
    /// Describes a refusal by its SQLSTATE and our explanation, or else by the server's message if that never speaks of values.
    /// </summary>
    public static string Describe(NpgsqlException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault is ApplicationDatabaseException { InnerException: NpgsqlException inner } named)
            return $"database '{named.Database}' of the map: {Describe(inner)}";
        if (fault is TableLockedException or StandbyException)
            return fault.Message;
        if (fault is not PostgresException refusal)
            return $"{Reasons.OutOfReach}: {Cause(fault)}";
        if (Explained.TryGetValue(refusal.SqlState, out var explanation))
            return $"{explanation} (SQLSTATE {refusal.SqlState})";
        if (PublishedRows.IsRefusal(refusal))
            return $"{Reasons.Refused}: {refusal.MessageText}{PublishedRows.Why(refusal)} (SQLSTATE {refusal.SqlState}); "
                + PublishedRows.FixOfNamed;
        return refusal.SpeaksOfNames()
            ? $"{Reasons.Refused}: {refusal.MessageText} (SQLSTATE {refusal.SqlState})"
            : $"{Reasons.Refused} a statement (SQLSTATE {refusal.SqlState})";
    }

    private static string Cause(NpgsqlException fault) =>
        fault.InnerException is not { Message: var cause } ? fault.Message
        : fault.Message.StartsWith(NotConnected, StringComparison.Ordinal) ? $"{fault.Message}: {cause}"
        : cause;
}
