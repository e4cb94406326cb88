using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>
/// What the SQLSTATE of a refusal decides. All lists of classes stand here, so that a reader sees where two of them differ.
/// </summary>
internal static class SqlStates
{
    /// <summary>A transaction waited for its client for too long. Npgsql has no constant for it.</summary>
    public const string IdleInTransactionSessionTimeout = "25P03";

    /// <summary>Whether the state is of the class, one of <see cref="SqlClass"/>.</summary>
    public static bool IsOf(this PostgresException refusal, string sqlClass) => refusal.Class() == sqlClass;

    /// <summary>
    /// Whether the server lets nobody work: it ends connections, accepts no login, lacks the database or resources, or is
    /// stopping. The statement and its rows are not at fault.
    /// </summary>
    private static bool IsOfServer(this PostgresException refusal) =>
        refusal.Class()
            is SqlClass.ConnectionException
                or SqlClass.InvalidAuthorizationSpecification
                or SqlClass.InvalidCatalogName
                or SqlClass.InsufficientResources
                or SqlClass.OperatorIntervention;

    /// <summary>
    /// Whether the same may succeed later: the server's condition passes, a plan was cached before a schema change, or the
    /// transaction ended because this process was frozen. Files that the server misses (58P01) don't come back.
    /// </summary>
    public static bool MayPass(this PostgresException refusal) =>
        refusal.IsTransient
        || refusal.IsOfServer()
        || refusal.IsOfStalePlan()
        || refusal.SqlState == IdleInTransactionSessionTimeout;

    // "cached plan must not change result type" has the code of what the server does not support, so the routine tells.
    private static bool IsOfStalePlan(this PostgresException refusal) =>
        refusal.IsOf(SqlClass.FeatureNotSupported) && refusal.Routine == "RevalidateCachedQuery";

    /// <summary>Whether the operators of the server can mend it: its condition, its files, or a right of the role.</summary>
    public static bool IsForOperators(this PostgresException refusal) =>
        refusal.IsTransient
        || refusal.IsOfServer()
        || refusal.IsOf(SqlClass.SystemError)
        || refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>
    /// Whether the server's message speaks of connections, privileges and names but never of values. An error with a context
    /// was raised in a function or trigger, which may quote a row in any class.
    /// </summary>
    public static bool SpeaksOfNames(this PostgresException refusal) =>
        string.IsNullOrEmpty(refusal.Where)
        && (
            refusal.IsOfServer()
            || refusal.Class()
                is SqlClass.InvalidSchemaName
                    or SqlClass.SyntaxErrorOrAccessRuleViolation
                    or SqlClass.ObjectNotInPrerequisiteState
                    or SqlClass.SystemError
        );

    /// <summary>
    /// Whether a statement that only evaluates an expression over rows failed because of the expression: not because the
    /// server fails, and not for a reason that passes.
    /// </summary>
    public static bool IsOfExpression(this PostgresException refusal) =>
        !refusal.IsTransient && !refusal.IsOfServerInFunction();

    /// <summary>Whether a value is none of its type, or a domain refuses it.</summary>
    public static bool RefusesValue(this PostgresException refusal) =>
        refusal.Class() is SqlClass.DataException or SqlClass.IntegrityConstraintViolation;

    /// <summary>Whether the server can't send a value: its encoding has no counterpart, or it is too large.</summary>
    public static bool WithholdsValue(this PostgresException refusal) =>
        refusal.Class() is SqlClass.DataException or SqlClass.ProgramLimitExceeded;

    /// <summary>
    /// Whether a written row is refused, whoever reports it: data exceptions, integrity constraints, check options, limits
    /// such as the size of an index entry, and what triggers raise.
    /// </summary>
    public static bool RefusesRow(this PostgresException refusal) =>
        refusal.Class()
            is SqlClass.TriggeredActionException
                or SqlClass.DataException
                or SqlClass.IntegrityConstraintViolation
                or SqlClass.TriggeredDataChangeViolation
                or SqlClass.WithCheckOptionViolation
                or SqlClass.ProgramLimitExceeded
                or SqlClass.PlPgSqlError;

    /// <summary>
    /// Whether the server itself fails, even where the error came from inside a function of the application. Logins and
    /// names of databases are not among it: a function that meets them went to another server.
    /// </summary>
    public static bool IsOfServerInFunction(this PostgresException refusal) =>
        refusal.Class()
            is SqlClass.ConnectionException
                or SqlClass.TransactionRollback
                or SqlClass.InsufficientResources
                or SqlClass.OperatorIntervention
                or SqlClass.SystemError
                or SqlClass.ConfigurationFileError
        || refusal.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;

    /// <summary>Whether objects exist or are missing, or belong to somebody else: the same every time.</summary>
    public static bool IsOfObjects(this PostgresException refusal) =>
        refusal.Class()
            is SqlClass.SyntaxErrorOrAccessRuleViolation
                or SqlClass.DependentPrivilegeDescriptorsStillExist;

    private static string Class(this PostgresException refusal) => refusal.SqlState[..2];
}
