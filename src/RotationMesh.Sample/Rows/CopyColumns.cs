using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Sample;

/// <summary>Writes the columns of a binary COPY, in the types of the sample schema; text is UTF-8 already.</summary>
internal static class CopyColumns
{
    public static void Text(this NpgsqlBinaryImporter copy, ReadOnlyMemory<byte> utf8) =>
        copy.Write(utf8, NpgsqlDbType.Text);

    public static void TextOrNull(this NpgsqlBinaryImporter copy, ReadOnlyMemory<byte>? utf8)
    {
        if (utf8 is { } text)
            copy.Text(text);
        else
            copy.WriteNull();
    }

    public static void Json(this NpgsqlBinaryImporter copy, ReadOnlyMemory<byte> utf8) =>
        copy.Write(utf8, NpgsqlDbType.Jsonb);

    public static void Number(this NpgsqlBinaryImporter copy, int value) =>
        copy.Write(value, NpgsqlDbType.Integer);

    public static void Time(this NpgsqlBinaryImporter copy, DateTime value) =>
        copy.Write(value, NpgsqlDbType.Timestamp);
}
