namespace RotationMesh.Benchmarks;

/// <summary>What a rotation in one process is at, in the order of a rotation.</summary>
internal enum RotationPhase
{
    /// <summary>The program loads, until it has a session in the database.</summary>
    Start,

    /// <summary>Map, schema, privileges and keys are checked, the control schema is made, and gates are asked.</summary>
    Checks,

    /// <summary>The rows are counted before the first of them is written.</summary>
    Census,

    /// <summary>Partitions are planned and rewritten.</summary>
    Rotate,

    /// <summary>The rows are counted after a sweep.</summary>
    ClosingCensus,

    /// <summary>Rows are decrypted again.</summary>
    Verify,

    /// <summary>The rows are counted once more, the totals are written, and the program ends.</summary>
    End,
}
