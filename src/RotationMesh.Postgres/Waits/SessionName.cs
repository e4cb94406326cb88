using System.Globalization;

namespace RotationMesh.Postgres.Waits;

/// <summary>
/// Process, application and role by which an operator finds a session. A prepared transaction has no process.
/// </summary>
internal sealed record SessionName(int? Pid, string? Application, string? Role)
{
    /// <summary>Number of characters of the application's name that are shown.</summary>
    private const int Shown = 80;

    /// <summary>How to end the session, as the end of a sentence; empty if there is no process.</summary>
    public string Ending =>
        Pid is { } pid and > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", or end it with SELECT pg_terminate_backend({pid})"
            )
            : "";

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Pid is not { } pid || pid == 0)
            return "a prepared transaction (pg_prepared_xacts)";
        var application = string.IsNullOrEmpty(Application) ? "" : $"{Cut(Application)}, ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"session {pid} ({application}role {Role ?? "unknown"})"
        );
    }

    private static string Cut(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
