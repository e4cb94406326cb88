namespace RotationMesh.Operations.Http;

/// <summary>The routes of a coordinator, for server and client.</summary>
public static class ApiRoutes
{
    /// <summary>Prefix of all routes; a later version of the interface gets its own.</summary>
    public const string Version = "/v1";

    /// <summary>All rotations: GET lists them, POST starts one.</summary>
    public const string Rotations = "/rotations";

    /// <summary>Stands for the id of the latest rotation.</summary>
    public const string Latest = "latest";

    /// <summary>Below a rotation: its progress, as a stream of events.</summary>
    public const string Events = "events";

    /// <summary>Below a rotation: the rows that failed.</summary>
    public const string Failures = "failures";

    /// <summary>Below a rotation: asks it to pause, resume, end, or try again.</summary>
    public const string Control = "steering";

    /// <summary>Below a rotation: all that a logbook or an incident report needs.</summary>
    public const string Report = "report";

    /// <summary>Decrypts and re-encrypts rows without writing; answers with a stream of events.</summary>
    public const string DryRun = "/dry-run";

    /// <summary>Decrypts rows; answers with a stream of events.</summary>
    public const string Verification = "/verification";

    /// <summary>Counts rows.</summary>
    public const string Census = "/census";

    /// <summary>Key versions and their use.</summary>
    public const string Keys = "/keys";

    /// <summary>Retires a key version; answers with a stream of events.</summary>
    public const string Retirement = "/keys/retirement";

    /// <summary>
    /// The events of the audit log; the query parameter <see cref="AuditRotation"/> selects one rotation's.
    /// </summary>
    public const string Audit = "/audit";

    /// <summary>Name of the query parameter with the rotation's id.</summary>
    public const string AuditRotation = "rotation";

    /// <summary>
    /// Checks the audit log's chain, and compares it with a hash in the query parameter <see cref="AuditExpect"/>.
    /// </summary>
    public const string AuditVerification = "/audit/verification";

    /// <summary>Name of the query parameter with the noted hash.</summary>
    public const string AuditExpect = "expect";

    /// <summary>Every event of the audit log, one per line.</summary>
    public const string AuditExport = "/audit/export";

    /// <summary>The application's queues.</summary>
    public const string Workers = "/workers";

    /// <summary>Below the application's queues: pauses them.</summary>
    public const string Pause = "pause";

    /// <summary>Below the application's queues: resumes those that this program paused.</summary>
    public const string Resume = "resume";

    /// <summary>The preconditions of a rotation.</summary>
    public const string Doctor = "/doctor";
}
