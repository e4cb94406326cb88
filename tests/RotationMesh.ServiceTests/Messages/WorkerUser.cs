namespace RotationMesh.ServiceTests.Messages;

/// <summary>The permissions of a worker's user on the broker, as docs/mesh.md gives them.</summary>
internal static class WorkerUser
{
    public const string Configure =
        "^rotationmesh-((rotate|verify)-partition|partition-(rotated|verified|refused|failed|returned|alive)|rows-failed|worker-seen)$";
    public const string Write =
        "^rotationmesh-((rotate|verify)-partition|partition-(rotated|verified|refused|failed|returned|alive)|rows-failed|worker-seen|dead-letters)$";
    public const string Read = "^rotationmesh-(rotate|verify)-partition$";
}
