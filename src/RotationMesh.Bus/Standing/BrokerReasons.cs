namespace RotationMesh.Bus.Standing;

/// <summary>Reasons why the broker lets the mesh do nothing: <see cref="Core.Reasons"/> of one server.</summary>
public static class BrokerReasons
{
    /// <summary>The broker has a memory or disk alarm.</summary>
    public const string NoMessages = "RabbitMQ takes no messages";

    /// <summary>A queue or exchange of the mesh exists with another type or other arguments.</summary>
    public const string QueueDiffers = "is not as the mesh makes it";

    /// <summary>The virtual host's limit of queues is reached.</summary>
    public const string QueueLimit = "queues and has them, and the mesh needs";

    /// <summary>The limit of connections of the virtual host, or of the user, is reached.</summary>
    public const string ConnectionLimit = "connections and has them, and this";

    /// <summary>The address names a virtual host that does not exist.</summary>
    public const string NoVirtualHost = "RabbitMQ has no virtual host";

    /// <summary>The credential is wrong, or is being replaced.</summary>
    public const string RefusesUser = "RabbitMQ refuses the user or its password";

    /// <summary>The user lacks a permission.</summary>
    public const string Right = "RabbitMQ refuses this user what it needs";

    /// <summary>The broker refuses something else; its own words follow.</summary>
    public const string Refuses = "RabbitMQ refuses";
}
