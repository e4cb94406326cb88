namespace RotationMesh.Core;

/// <summary>The states of a rotation, as the control database, the messages and the documents name them.</summary>
public static class RotationState
{
    /// <summary>Map, keys and schema are checked, and the opening census is taken.</summary>
    public const string Checking = "Checking";

    /// <summary>A gate does not hold; nothing is dispatched.</summary>
    public const string AwaitingGates = "AwaitingGates";

    /// <summary>The partitions of a sweep are planned, and the first ones dispatched.</summary>
    public const string Planning = "Planning";

    /// <summary>The partitions of a sweep are rewritten, and the rows counted afterwards.</summary>
    public const string Rotating = "Rotating";

    /// <summary>Rows are decrypted again.</summary>
    public const string Verifying = "Verifying";

    /// <summary>
    /// An operator, the breaker, a closed target version or the end of a wait stopped it; it can be resumed.
    /// </summary>
    public const string Paused = "Paused";

    /// <summary>Ended by an operator; what is done stays done.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>Ended because the check refused something; no row was written since the start, or since the retry.</summary>
    public const string Faulted = "Faulted";

    /// <summary>Every row is at the target version.</summary>
    public const string Completed = "Completed";

    /// <summary>Ended with rows that are not at the target version, or with doubts.</summary>
    public const string CompletedWithFailures = "CompletedWithFailures";

    /// <summary>Whether partitions may be sent to workers in this state.</summary>
    public static bool MayDispatch(string state) => state is Planning or Rotating or Verifying;

    /// <summary>Whether an operator or the gates have to act before it goes on.</summary>
    public static bool AwaitsSomebody(string state) => state is Paused or AwaitingGates;
}
