namespace RotationMesh.Bus.Standing;

/// <summary>Kinds of trouble with RabbitMQ. Metrics have a series for each, with its name in lower case.</summary>
public enum BrokerCause
{
    /// <summary>It takes no messages, for an alarm of its memory or disk, or it does not say why.</summary>
    Alarm,

    /// <summary>It can't be reached.</summary>
    Away,

    /// <summary>It refuses the connection: a limit, or a virtual host that it does not have.</summary>
    Connection,

    /// <summary>It refuses the user or the password.</summary>
    Credentials,

    /// <summary>It refuses a queue or an exchange: there is another one of that name, or a limit.</summary>
    Queue,

    /// <summary>The user lacks a permission.</summary>
    Refused,
}
