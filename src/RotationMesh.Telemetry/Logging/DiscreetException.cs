using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using RotationMesh.Core;

namespace RotationMesh.Telemetry.Logging;

/// <summary>
/// An exception as it may be logged: its types, error codes and stack trace. It shows a message only of types that are known
/// to quote no value of a row; a message of a database or a parser may quote one.
/// </summary>
internal sealed class DiscreetException(Exception fault) : Exception
{
    private static readonly string[] Plain =
    [
        "MassTransit",
        "MassTransit.Abstractions",
        "MassTransit.RabbitMqTransport",
        "RabbitMQ.Client",
    ];

    public override string Message => Describe(fault);

    public override string? StackTrace => fault.StackTrace;

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (text.Length > 0)
                text.Append(" ---> ");
            text.Append(Describe(cause));
        }

        return text.Append(Environment.NewLine).Append(fault.StackTrace).ToString();
    }

    private static string Describe(Exception cause)
    {
        var type = cause.GetType().FullName!;
        if (cause is DbException { SqlState: { } code })
            return $"{type}: SQLSTATE {code}";
        return MayBeShown(cause) ? $"{type}: {cause.Message}" : type;
    }

    private static bool MayBeShown(Exception cause) =>
        cause
            is UsageException
                or SocketException
                or IOException
                or TimeoutException
                or OperationCanceledException
                or DbException
        || Plain.Contains(cause.GetType().Assembly.GetName().Name);
}
