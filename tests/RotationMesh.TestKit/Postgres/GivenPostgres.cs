namespace RotationMesh.TestKit.Postgres;

/// <summary>The server somebody else runs; it is left as it is.</summary>
internal sealed class GivenPostgres(string connectionString) : IPostgres
{
    public string ConnectionString => connectionString;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
