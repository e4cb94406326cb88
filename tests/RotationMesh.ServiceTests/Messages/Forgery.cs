using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace RotationMesh.ServiceTests.Messages;

/// <summary>Messages that no program of ours sends, in the envelope that MassTransit reads.</summary>
internal static class Forgery
{
    /// <summary>An envelope of a contract, by the name of its type.</summary>
    public static JsonObject Envelope(string type, object message) =>
        new()
        {
            ["messageId"] = Guid.NewGuid().ToString(),
            ["conversationId"] = Guid.NewGuid().ToString(),
            ["sentTime"] = DateTime.UtcNow.ToString("O"),
            ["messageType"] = new JsonArray($"urn:message:RotationMesh.Contracts:{type}"),
            ["message"] = JsonSerializer.SerializeToNode(message, JsonSerializerOptions.Web),
        };

    /// <summary>Puts it into the exchange of a queue, as the user of that address.</summary>
    public static async Task SendAsync(string address, string exchange, JsonObject envelope)
    {
        await using var connection = await new ConnectionFactory
        {
            Uri = new Uri(address),
        }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true,
                publisherConfirmationTrackingEnabled: true
            )
        );
        await channel.BasicPublishAsync(
            exchange,
            "",
            mandatory: false,
            new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true },
            Encoding.UTF8.GetBytes(envelope.ToJsonString())
        );
    }
}
