using MassTransit;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Tells a saga that this program wrote from one that somebody wrote into its table.</summary>
public interface ISagaSeal<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>Called before the saga is written.</summary>
    void Seal(TSaga saga);

    /// <summary>
    /// Called when it is read: false leaves the message without a saga. Some messages may be heard all the same.
    /// </summary>
    bool Holds(TSaga saga, object message);
}
