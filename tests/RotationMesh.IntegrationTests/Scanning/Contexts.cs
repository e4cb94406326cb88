namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>What may stand around an envelope in a text, as SQL over its <c>body</c>, and texts that only look like one.</summary>
internal static class Contexts
{
    /// <summary>The envelope alone, in a line of a log, in a header, in an address.</summary>
    public static readonly string[] All =
    [
        "body",
        "regexp_replace(body, '(.{40})', '\\1' || chr(10), 'g')",
        "'2026-11-28T12:00:00Z INFO stored token ' || body || ' for a user'",
        "'Bearer ' || body",
        "'https://example.org/callback?t=' || replace(replace(replace(body, '+', '%2B'), '/', '%2F'), '=', '%3D')",
    ];

    /// <summary>Tables of session ids, digests and pictures, as any application has them; no row names a tenant.</summary>
    public const string Tokens = """
        CREATE TABLE public.sessions AS SELECT encode(sha512(n::text::bytea), 'base64') AS id,
            'Bearer ' || encode(sha384(n::text::bytea), 'base64') AS header FROM generate_series(1, 200) n;
        CREATE TABLE public.digests AS SELECT encode(sha256(n::text::bytea), 'hex') AS hex, sha224(n::text::bytea) AS raw
            FROM generate_series(1, 200) n;
        CREATE TABLE public.pictures AS SELECT 'data:image/png;base64,' || encode(
            '\x89504e470d0a1a0a'::bytea || sha512(n::text::bytea) || sha512(n::text::bytea), 'base64') AS picture
            FROM generate_series(1, 200) n;
        """;
}
