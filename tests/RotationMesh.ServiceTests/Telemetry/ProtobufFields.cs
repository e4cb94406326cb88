using System.Buffers.Binary;
using System.Text;

namespace RotationMesh.ServiceTests.Telemetry;

/// <summary>The fields of a protobuf message, by number, as they are on the wire.</summary>
internal sealed class ProtobufFields
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Value)> fields = [];

    public ProtobufFields(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var tag = ReadVarint(ref message);
            var length = (tag & 7) switch
            {
                0 => VarintLength(message.Span),
                1 => 8,
                2 => (int)ReadVarint(ref message),
                5 => 4,
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            fields.Add(((int)(tag >> 3), message[..length]));
            message = message[length..];
        }
    }

    /// <summary>Every message in a repeated field.</summary>
    public IEnumerable<ProtobufFields> All(int number) =>
        fields.Where(field => field.Number == number).Select(field => new ProtobufFields(field.Value));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number).Span);

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number).Span);

    /// <summary>A number of 64 bits: nanoseconds since 1970.</summary>
    public ulong Fixed(int number) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(number).Span);

    private ReadOnlyMemory<byte> Bytes(int number) =>
        fields.LastOrDefault(field => field.Number == number).Value;

    private static int VarintLength(ReadOnlySpan<byte> bytes)
    {
        var length = 1;
        while (bytes[length - 1] >= 0x80)
            length++;
        return length;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        var length = VarintLength(bytes.Span);
        for (var i = 0; i < length; i++)
            value |= (ulong)(bytes.Span[i] & 0x7f) << (7 * i);
        bytes = bytes[length..];
        return value;
    }
}
