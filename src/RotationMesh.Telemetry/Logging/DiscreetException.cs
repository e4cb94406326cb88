using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using RotationMesh.Core;

namespace RotationMesh.Telemetry.Logging;

/// <summary>
/// An exception as it may be shown: types, error codes and places in the code. A message is shown only where its author
/// is known to put no value of a row into it; a database's or a parser's may quote one.
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
