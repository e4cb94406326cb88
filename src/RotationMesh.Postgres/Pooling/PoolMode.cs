namespace RotationMesh.Postgres.Pooling;

/// <summary>How long a pooler lends a session, in the words of pgbouncer's <c>pool_mode</c>.</summary>
internal enum PoolMode
{
    /// <summary>Until the client disconnects; the pooler then resets the session.</summary>
    Session,

    /// <summary>Until the transaction ends.</summary>
    Transaction,

    /// <summary>For one statement; there are no transactions.</summary>
    Statement,
}
