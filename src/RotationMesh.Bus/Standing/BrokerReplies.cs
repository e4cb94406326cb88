using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.Bus.Standing;

/// <summary>
/// Reads what RabbitMQ answers where it refuses something (AMQP 0-9-1, section 1.1 and the broker's own words). It finds
/// which queue or limit it is, what was found, what is wanted, and the command that mends it.
/// </summary>
internal static partial class BrokerReplies
{
    /// <summary>Codes above are errors; 320 says that the broker stops, or was told to close the connection.</summary>
    private const int Refused = 400;

    private const int AccessRefused = 403;
    private const int NotAllowed = 530;

    /// <summary>Queues of coordinators and workers together, with the dead letters.</summary>
    private const int OwnQueues = 18;

    /// <summary>Connections beside those that are allowed now: room for a few more coordinators and workers.</summary>
    private const int MoreConnections = 10;

    private const string Elsewhere = "the broker's own log says more";

    /// <summary>Whether the broker refused the user; the transport then gives up and never tries again.</summary>
    public static bool IsOfCredentials(Exception? fault) =>
        Causes(fault).Any(cause => cause is AuthenticationFailureException);

    /// <summary>
    /// Returns the trouble, and whether the whole connection has it or one queue; null where it passes by itself.
    /// </summary>
    public static (BrokerTrouble Trouble, bool OfConnection)? Read(
        Exception? fault,
        string broker,
        string credentials
    )
    {
        var causes = Causes(fault).ToList();
        if (IsOfCredentials(fault))
            return (new BrokerTrouble(BrokerCause.Credentials, BrokerReasons.RefusesUser, credentials), true);
        foreach (var cause in causes)
            if (cause is OperationInterruptedException { ShutdownReason: { } reason })
            {
                if (ConsumerTimeout.Read(reason.ReplyText) is not null)
                    return null; // nothing was refused: the queue is consumed again
                if (
                    reason.ReplyCode == NotAllowed
                    || (IsError(reason) && causes.OfType<BrokerUnreachableException>().Any())
                )
                    return (ReadConnection(reason.ReplyText), true);
                if (IsError(reason))
                    return (ReadQueue(reason.ReplyCode, reason.ReplyText), false);
            }

        return WhyAway(causes) is { } why
            ? (
                new BrokerTrouble(
                    BrokerCause.Away,
                    $"RabbitMQ at {broker} can't be reached: {why}",
                    "see that it runs, and that the address is right"
                ),
                true
            )
            : null;
    }

    /// <summary>Returns the trouble of a broker that holds publishers back.</summary>
    public static BrokerTrouble Held(string? reason) =>
        new(
            BrokerCause.Alarm,
            $"{BrokerReasons.NoMessages}: {reason ?? "it confirms none, most likely for an alarm of its memory or disk"}",
            "it takes them again by itself once there is room: rabbitmqctl status shows its alarms and limits"
        );

    // What nobody answers, as behind a firewall that drops packets, has no code of a socket. Null where a connection was made.
    private static string? WhyAway(List<Exception> causes) =>
        causes.OfType<SocketException>().FirstOrDefault() is { } socket ? $"{socket.SocketErrorCode}"
        : !causes.OfType<BrokerUnreachableException>().Any() ? null
        : causes.Any(cause => cause is TimeoutException or OperationCanceledException)
            ? "it does not answer in time"
        : causes[^1].GetType().Name;

    private static BrokerTrouble ReadQueue(int code, string text)
    {
        if (code == AccessRefused)
            return new BrokerTrouble(
                BrokerCause.Refused,
                $"{BrokerReasons.Right}: {text}",
                "the permissions of each role are in docs/mesh.md"
            );
        if (Different().Match(text) is { Success: true } other)
        {
            var (kind, name, host) = (Of(other, "kind"), Of(other, "name"), Of(other, "vhost"));
            var remedy =
                kind == "queue"
                    ? $"rabbitmqctl delete_queue --vhost {Shell(host)} {Shell(name)}"
                    : $"rabbitmqadmin --vhost={Shell(host)} delete exchange name={Shell(name)}";
            return new BrokerTrouble(
                BrokerCause.Queue,
                $"{kind} {name} of virtual host {host} {BrokerReasons.QueueDiffers}: its {Of(other, "argument")} is "
                    + $"{Value(Of(other, "found"))}, and {Value(Of(other, "wanted"))} is wanted",
                $"once nobody needs what is in it: {remedy}"
            );
        }

        if (Full().Match(text) is { Success: true } full)
            return new BrokerTrouble(
                BrokerCause.Queue,
                $"queue {Of(full, "name")} can't be made: virtual host {Of(full, "vhost")} may have {Of(full, "limit")} "
                    + $"{BrokerReasons.QueueLimit} {OwnQueues} of its own",
                Limit("vhost", $"--vhost {Shell(Of(full, "vhost"))}", "max-queues", full, OwnQueues)
            )
            {
                Key = $"queues of {Of(full, "vhost")}",
            };
        return new BrokerTrouble(
            BrokerCause.Queue,
            $"{BrokerReasons.Refuses} a queue or exchange: {text}",
            Elsewhere
        );
    }

    private static BrokerTrouble ReadConnection(string text)
    {
        if (Crowded().Match(text) is { Success: true } crowded)
            return new BrokerTrouble(
                BrokerCause.Connection,
                $"virtual host {Of(crowded, "vhost")} takes {Of(crowded, "limit")} {BrokerReasons.ConnectionLimit} "
                    + "process needs one of its own, as each coordinator and each worker does",
                Limit(
                    "vhost",
                    $"--vhost {Shell(Of(crowded, "vhost"))}",
                    "max-connections",
                    crowded,
                    MoreConnections
                )
            );
        if (Busy().Match(text) is { Success: true } busy)
            return new BrokerTrouble(
                BrokerCause.Connection,
                $"user {Of(busy, "user")} may have {Of(busy, "limit")} {BrokerReasons.ConnectionLimit} process needs "
                    + "one of its own",
                Limit("user", Shell(Of(busy, "user")), "max-connections", busy, MoreConnections)
            );
        if (Unknown().Match(text) is { Success: true } unknown)
            return new BrokerTrouble(
                BrokerCause.Connection,
                $"{BrokerReasons.NoVirtualHost} {Of(unknown, "vhost")}",
                $"rabbitmqctl add_vhost {Shell(Of(unknown, "vhost"))}, and set_permissions in it, or correct the address"
            );
        return new BrokerTrouble(
            BrokerCause.Connection,
            $"{BrokerReasons.Refuses} the connection: {text}",
            Elsewhere
        );
    }

    private static string Limit(string kind, string of, string name, Match found, int more)
    {
        var wanted = long.TryParse(Of(found, "limit"), CultureInfo.InvariantCulture, out var now)
            ? now + more
            : more;
        var verb = kind == "vhost" ? "set_vhost_limits" : "set_user_limits";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""rabbitmqctl {{verb}} {{of}} '{"{{name}}": {{wanted}}}'"""
        );
    }

    // The broker's replies begin with a name, as in "PRECONDITION_FAILED - "; a client that closes has words of its own.
    private static bool IsError(ShutdownEventArgs reason) =>
        reason.Initiator == ShutdownInitiator.Peer
        && reason.ReplyCode > Refused
        && reason.ReplyText.Contains(" - ", StringComparison.Ordinal);

    private static IEnumerable<Exception> Causes(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            yield return fault;
            if (fault is not AggregateException { InnerExceptions: { Count: > 1 } several })
                continue;
            foreach (var cause in several.Skip(1).SelectMany(Causes))
                yield return cause;
        }
    }

    private static string Of(Match match, string group) => match.Groups[group].Value;

    // RabbitMQ 3 says: the value 'quorum' of type 'longstr'; a queue that was declared without a type is a classic one.
    private static string Value(string said) =>
        Typed().Match(said) is { Success: true } typed ? Of(typed, "value") : said;

    private static string Shell(string word) =>
        Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(
        "inequivalent arg '(?<argument>[^']*)' for (?<kind>queue|exchange) '(?<name>[^']*)' in vhost '(?<vhost>[^']*)': "
            + "received (?<wanted>.+?) but current is (?<found>.+)$"
    )]
    private static partial Regex Different();

    [GeneratedRegex(
        @"cannot declare queue '(?<name>[^']*)': (?:vhost )?queue limit in vhost '(?<vhost>[^']*)' \((?<limit>\d+)\) is reached"
    )]
    private static partial Regex Full();

    [GeneratedRegex(
        @"access to vhost '(?<vhost>[^']*)' refused for user '[^']*': (?:vhost )?connection limit \((?<limit>\d+)\) is reached"
    )]
    private static partial Regex Crowded();

    [GeneratedRegex(
        @"connection refused for user '(?<user>[^']*)': user connection limit \((?<limit>\d+)\) is reached"
    )]
    private static partial Regex Busy();

    [GeneratedRegex(@"vhost '?(?<vhost>[^']+?)'? not found")]
    private static partial Regex Unknown();

    [GeneratedRegex(@"^the value (?<value>'[^']*'|\S+) of type '\w+'$")]
    private static partial Regex Typed();

    [GeneratedRegex(@"^[\w./-]+$")]
    private static partial Regex Plain();
}
