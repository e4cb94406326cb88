namespace RotationMesh.Core.Faults;

/// <summary>What a fault means to the operator; <see cref="FaultOutcomes"/> says how it ends here and over HTTP.</summary>
public enum FaultKind
{
    /// <summary>Wrong usage, map or keys.</summary>
    Usage,

    /// <summary>There is no such rotation.</summary>
    UnknownRotation,

    /// <summary>The state of a rotation does not allow the request.</summary>
    RotationState,

    /// <summary>Gates don't hold; nothing was written.</summary>
    GateClosed,

    /// <summary>Somebody dropped a table of the control database.</summary>
    RecordsMissing,

    /// <summary>A database fails.</summary>
    Database,

    /// <summary>The coordinator has too much to do.</summary>
    Busy,

    /// <summary>The coordinator can't be reached.</summary>
    Unreachable,

    /// <summary>The operator, or another process, ended what this one did; the rotation may go on.</summary>
    Interrupted,

    /// <summary>A fault of the program.</summary>
    Unexpected,
}
