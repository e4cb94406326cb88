using MassTransit;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Tells a saga that this program wrote from one that somebody else wrote into its table.</summary>
public interface ISagaSeal<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>Called before the saga is written.</summary>
    void Seal(TSaga saga);

    /// <summary>
    /// Called when the saga is loaded for a message. Where it is false, the message finds no saga. It may be true for some
    /// messages even though the seal does not fit.
    /// </summary>
    bool Holds(TSaga saga, object message);
}
