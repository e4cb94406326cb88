namespace RotationMesh.Postgres;

/// <summary>
/// Classes of SQLSTATEs that this program tells apart: the first two characters of each. The names are those of appendix A,
/// "PostgreSQL Error Codes", of PostgreSQL's manual.
/// </summary>
internal static class SqlClass
{
    public const string ConnectionException = "08";
    public const string TriggeredActionException = "09";
    public const string FeatureNotSupported = "0A";
    public const string DataException = "22";
    public const string IntegrityConstraintViolation = "23";
    public const string TriggeredDataChangeViolation = "27";
    public const string InvalidAuthorizationSpecification = "28";
    public const string DependentPrivilegeDescriptorsStillExist = "2B";
    public const string InvalidCatalogName = "3D";
    public const string InvalidSchemaName = "3F";
    public const string TransactionRollback = "40";
    public const string SyntaxErrorOrAccessRuleViolation = "42";
    public const string WithCheckOptionViolation = "44";
    public const string InsufficientResources = "53";
    public const string ProgramLimitExceeded = "54";
    public const string ObjectNotInPrerequisiteState = "55";
    public const string OperatorIntervention = "57";
    public const string SystemError = "58";
    public const string ConfigurationFileError = "F0";
    public const string PlPgSqlError = "P0";
}
