using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RotationMesh.Core.Keys;

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
            ["messageType"] = new JsonArray(Urn(type)),
            ["message"] = JsonSerializer.SerializeToNode(message, JsonSerializerOptions.Web),
        };

    /// <summary>Puts it into the exchange of a queue, as the user of that address.</summary>
    public static Task SendAsync(string address, string exchange, JsonObject envelope) =>
        SendAsync(address, exchange, Encoding.UTF8.GetBytes(envelope.ToJsonString()), seal: null);

    /// <summary>The same as somebody who holds the keys of a ring.</summary>
    public static Task SendSealedAsync(
        string address,
        string exchange,
        KeyRing ring,
        string type,
        JsonObject envelope
    )
    {
        var body = Encoding.UTF8.GetBytes(envelope.ToJsonString());
        return SendAsync(address, exchange, body, Seal(ring, type, body));
    }

    /// <summary>The header that a program with that key ring gives a message.</summary>
    public static string Seal(KeyRing ring, string type, byte[] body)
    {
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var content = new SealedText().Add(at).Add(Urn(type)).Add(body).Bytes;
        var seal = ring.Seal(SealPurpose.Message, content);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{at} {Urn(type)} {seal.Version}:{seal.Fingerprint}:{Convert.ToBase64String(seal.Mac.Span)}"
        );
    }

    /// <summary>Puts bytes into the exchange of a queue, with a header that may be a seal.</summary>
    public static async Task SendAsync(string address, string exchange, byte[] body, string? seal)
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
        var properties = new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            Persistent = true,
        };
        if (seal is not null)
            properties.Headers = new Dictionary<string, object?> { ["rotationmesh-seal"] = seal };
        await channel.BasicPublishAsync(exchange, "", mandatory: false, properties, body);
    }

    private static string Urn(string type) => $"urn:message:RotationMesh.Contracts:{type}";
}
