using System.Text.Json;

namespace RotationMesh.ExternalStore;

/// <summary>
/// A JSON object whose field <c>encrypted</c> holds an envelope. Replacing the envelope leaves every other byte as it is.
/// </summary>
internal sealed class EncryptedDocument
{
    private static readonly byte[] Field = [.. "encrypted"u8];
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly ReadOnlyMemory<byte> document;
    private readonly int start;
    private readonly int end;

    private EncryptedDocument(ReadOnlyMemory<byte> document, int start, int end, byte[] envelope)
    {
        this.document = document;
        this.start = start;
        this.end = end;
        Envelope = envelope;
    }

    /// <summary>The envelope in UTF-8.</summary>
    public byte[] Envelope { get; }

    /// <summary>
    /// Reads a document; null where the bytes are not a JSON object with exactly one such field, or where the field is
    /// not a string. With two such fields, nothing says which one is meant.
    /// </summary>
    public static EncryptedDocument? Read(ReadOnlyMemory<byte> document)
    {
        var mark = document.Span.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        try
        {
            return Find(document, mark);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null; // a string that is not UTF-8, or half of a surrogate pair
        }
    }

    /// <summary>The document as it was read.</summary>
    public ReadOnlyMemory<byte> Whole => document;

    /// <summary>
    /// Returns the document with another envelope, in UTF-8. The envelope must not need escaping in JSON; base64 does
    /// not.
    /// </summary>
    public byte[] With(ReadOnlySpan<byte> envelope)
    {
        var made = new byte[start + envelope.Length + document.Length - end];
        document.Span[..start].CopyTo(made);
        envelope.CopyTo(made.AsSpan(start));
        document.Span[end..].CopyTo(made.AsSpan(start + envelope.Length));
        return made;
    }

    private static EncryptedDocument? Find(ReadOnlyMemory<byte> document, int mark)
    {
        var json = new Utf8JsonReader(document.Span[mark..]);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return null;
        EncryptedDocument? found = null;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue; // the end of the object, and of the document
            var isField = json.ValueTextEquals(Field);
            json.Read();
            if (isField)
            {
                if (found is not null || json.TokenType != JsonTokenType.String)
                    return null;
                var from = mark + (int)json.TokenStartIndex + 1;
                found = new EncryptedDocument(document, from, from + json.ValueSpan.Length, Text(ref json));
            }

            json.Skip();
        }

        return found;
    }

    private static byte[] Text(ref Utf8JsonReader json)
    {
        var text = new byte[json.ValueSpan.Length];
        return text[..json.CopyString(text)];
    }
}
