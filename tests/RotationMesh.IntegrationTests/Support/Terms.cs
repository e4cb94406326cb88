using RotationMesh.Tables;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Rights to write, for tests that are about something else.</summary>
internal static class Terms
{
    /// <summary>Longer than any test.</summary>
    public static WriteTerm Long => new(Guid.NewGuid(), DateTime.UtcNow.AddHours(1));
}
