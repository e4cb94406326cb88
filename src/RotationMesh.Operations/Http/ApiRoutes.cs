namespace RotationMesh.Operations.Http;

/// <summary>Where a coordinator answers what; the same for whoever serves and whoever asks.</summary>
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

    /// <summary>Decrypts and re-encrypts without writing, as a stream of events.</summary>
    public const string DryRun = "/dry-run";

    /// <summary>Decrypts, as a stream of events.</summary>
    public const string Verification = "/verification";

    /// <summary>Counts rows.</summary>
    public const string Census = "/census";

    /// <summary>Key versions and their use.</summary>
    public const string Keys = "/keys";

    /// <summary>The application's queues.</summary>
    public const string Workers = "/workers";

    /// <summary>Of the application's queues: pauses them.</summary>
    public const string Pause = "pause";

    /// <summary>Of the application's queues: resumes those that were paused so.</summary>
    public const string Resume = "resume";

    /// <summary>Preconditions.</summary>
    public const string Doctor = "/doctor";
}
