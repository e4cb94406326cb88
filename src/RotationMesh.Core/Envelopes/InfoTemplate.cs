using System.Text;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// The info of a key derivation, a template with <c>{tenant}</c> and <c>{context}</c>. The template is split only once,
/// so that a tenant that contains the text "{context}" is not expanded again.
/// </summary>
internal sealed class InfoTemplate
{
    private const string TenantField = "{tenant}";
    private const string ContextField = "{context}";

    private readonly List<string> parts = [];

    public InfoTemplate(string template)
    {
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var length =
                rest.StartsWith(TenantField) ? TenantField.Length
                : rest.StartsWith(ContextField) ? ContextField.Length
                : FixedLength(rest);
            parts.Add(rest[..length].ToString());
            rest = rest[length..];
        }
    }

    /// <summary>Returns the number of bytes that <see cref="Write"/> needs at most.</summary>
    public int MaxBytes(string tenant, string context) =>
        parts.Sum(part => Encoding.UTF8.GetMaxByteCount(Text(part, tenant, context).Length));

    /// <summary>Writes the info of a tenant and context in UTF-8; returns the number of bytes.</summary>
    public int Write(string tenant, string context, Span<byte> destination)
    {
        var written = 0;
        foreach (var part in parts)
            written += Encoding.UTF8.GetBytes(Text(part, tenant, context), destination[written..]);
        return written;
    }

    private static string Text(string part, string tenant, string context) =>
        part switch
        {
            TenantField => tenant,
            ContextField => context,
            _ => part,
        };

    private static int FixedLength(ReadOnlySpan<char> rest)
    {
        var tenant = rest.IndexOf(TenantField);
        var context = rest.IndexOf(ContextField);
        var end = rest.Length;
        if (tenant >= 0)
            end = tenant;
        return context >= 0 ? Math.Min(end, context) : end;
    }
}
