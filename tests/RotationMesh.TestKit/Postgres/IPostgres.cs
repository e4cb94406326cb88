namespace RotationMesh.TestKit.Postgres;

/// <summary>A server that tests may create databases on. Disposing ends it, if it was started for the tests.</summary>
internal interface IPostgres : IAsyncDisposable
{
    /// <summary>Connects as a superuser to a database that is only used to create others.</summary>
    string ConnectionString { get; }
}
