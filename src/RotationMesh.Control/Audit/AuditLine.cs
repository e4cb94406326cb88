using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RotationMesh.Control.Audit;

/// <summary>An event as one line of JSON, for archives and log collectors.</summary>
public static class AuditLine
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Returns the line, without a line end. It has <c>details</c> character for character as they were hashed, so that the
    /// chain can be checked from the lines alone; <see cref="AuditHash"/> says how.
    /// </summary>
    public static string Of(AuditEvent written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", written.Sequence);
            json.WriteString("recordedAt", Time(written.RecordedAt));
            json.WriteString("kind", written.Kind);
            json.WriteString("rotationId", written.RotationId?.ToString());
            json.WriteString("actor", Plain(written.Actor));
            json.WriteString("host", Plain(written.Host));
            json.WritePropertyName("details");
            json.WriteRawValue(OneLine(written.Details));
            json.WriteString("previousHash", Convert.ToHexStringLower(written.PreviousHash));
            json.WriteString("hash", Convert.ToHexStringLower(written.Hash));
            if (written is { KeyVersion: { } version, Mac: { } mac })
            {
                json.WriteNumber("keyVersion", version);
                json.WriteString("mac", Convert.ToHexStringLower(mac));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Formats a time to the microsecond, which is what the hash covers.</summary>
    public static string Time(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    // The log refuses line ends in details. One that somebody forced in must not make two lines of one.
    private static string OneLine(string details) => details.Replace('\n', ' ').Replace('\r', ' ');

    // ASCII only, as in details, so that a terminal shows a name exactly as it is.
    private static JsonEncodedText Plain(string name) =>
        JsonEncodedText.Encode(name, JavaScriptEncoder.Default);
}
