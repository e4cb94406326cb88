namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Tags of OpenTelemetry's conventions that libraries may export: destination, kind and outcome of an operation. None of them
/// quotes content: statements, messages and queries are not among them.
/// </summary>
internal static class KnownTags
{
    private static readonly HashSet<string> Names =
    [
        "db.system",
        "db.system.name",
        "db.name",
        "db.namespace",
        "db.user",
        "db.operation",
        "db.operation.name",
        "db.operation.batch.size",
        "db.response.status_code",
        "db.npgsql.data_source",
        "db.npgsql.connection_id",
        "db.npgsql.prepared_statement",
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.name",
        "network.protocol.version",
        "network.transport",
        "network.type",
        "network.peer.address",
        "network.peer.port",
        "net.transport",
        "net.peer.name",
        "net.peer.ip",
        "net.peer.port",
        "otel.status_code",
        "peer.address",
        "peer.host",
        "rpc.method",
        "rpc.service",
        "rpc.system",
        "server.address",
        "server.port",
        "url.scheme",
        "messaging.system",
        "messaging.operation",
        "messaging.operation.name",
        "messaging.operation.type",
        "messaging.destination",
        "messaging.destination.name",
        "messaging.message.id",
        "messaging.message.conversation_id",
        "messaging.message.body.size",
        "messaging.message_id",
        "messaging.conversation_id",
        "messaging.message_payload_size_bytes",
        "messaging.masstransit.message_id",
        "messaging.masstransit.conversation_id",
        "messaging.masstransit.correlation_id",
        "messaging.masstransit.initiator_id",
        "messaging.masstransit.destination_address",
        "messaging.masstransit.source_address",
        "messaging.masstransit.input_address",
        "messaging.masstransit.message_types",
        "messaging.masstransit.saga_id",
        "messaging.masstransit.consumer_type",
        "messaging.masstransit.begin_state",
        "messaging.masstransit.end_state",
        "messaging.rabbitmq.destination.routing_key",
        "messaging.rabbitmq.destination_routing_key",
    ];

    /// <summary>Returns whether a tag of that name may be exported.</summary>
    public static bool Hold(string name) => Names.Contains(name);
}
