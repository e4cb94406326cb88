namespace RotationMesh.Operations.Http;

/// <summary>The routes of a coordinator, for server and client.</summary>
public static class ApiRoutes
{
    /// <summary>Before all of them; a later version of the interface gets one of its own.</summary>
    public const string Version = "/v1";

    /// <summary>All rotations: GET lists them, POST starts one.</summary>
    public const string Rotations = "/rotations";

    /// <summary>Stands for the id of the latest rotation.</summary>
    public const string Latest = "latest";

    /// <summary>Of a rotation: its progress, as a stream of events.</summary>
    public const string Events = "events";

    /// <summary>Of a rotation: the rows that failed.</summary>
    public const string Failures = "failures";

    /// <summary>Of a rotation: asks it to pause, resume, end, or try again.</summary>
    public const string Steering = "steering";

    /// <summary>Of a rotation: all that a logbook or an incident wants to know.</summary>
    public const string Report = "report";

    /// <summary>Decrypts and re-encrypts without writing, as a stream of events.</summary>
    public const string DryRun = "/dry-run";

    /// <summary>Decrypts, as a stream of events.</summary>
    public const string Verification = "/verification";

    /// <summary>Counts rows.</summary>
    public const string Census = "/census";

    /// <summary>Key versions and their use.</summary>
    public const string Keys = "/keys";

    /// <summary>Takes a key version out of service, as a stream of events.</summary>
    public const string Retirement = "/keys/retirement";

    /// <summary>The audit log: its events, in a query for one rotation's the id as <see cref="AuditRotation"/>.</summary>
    public const string Audit = "/audit";

    /// <summary>Name of the rotation's id in a query for its events.</summary>
    public const string AuditRotation = "rotation";

    /// <summary>Holds the audit log's chain against itself, and against a hash that is given as <see cref="AuditExpect"/>.</summary>
    public const string AuditVerification = "/audit/verification";

    /// <summary>Name of the noted hash in a query.</summary>
    public const string AuditExpect = "expect";

    /// <summary>Every event of the audit log, a line each.</summary>
    public const string AuditExport = "/audit/export";

    /// <summary>The application's queues.</summary>
    public const string Workers = "/workers";

    /// <summary>Of the application's queues: pauses them.</summary>
    public const string Pause = "pause";

    /// <summary>Of the application's queues: resumes those that were paused so.</summary>
    public const string Resume = "resume";

    /// <summary>Preconditions.</summary>
    public const string Doctor = "/doctor";
}
