using System.Globalization;
using System.Runtime.CompilerServices;

namespace RotationMesh.Reporting.Blocks;

/// <summary>
/// Text of a report, written as an interpolated string. What stands in the source is ours; what is filled in is foreign,
/// from a database or an operator, and every format shows it as text.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Phrase
{
    private readonly List<Span> spans = [];

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public Phrase(int literalLength, int formattedCount) => spans.EnsureCapacity(formattedCount * 2 + 1);

    private Phrase(Span span) => spans.Add(span);

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<Span> Spans => spans;

    /// <summary>A value by itself, as in the cell of a table; nothing known is a dash.</summary>
    public static Phrase Foreign(string? value) =>
        new(value is null ? new Span("—", SpanKind.Plain) : new Span(value, SpanKind.Foreign));

    /// <summary>A number by itself.</summary>
    public static Phrase Number(long value) => $"{value}";

    /// <summary>Text by itself. It may be an interpolated string that the compiler has put together: foreign, to be safe.</summary>
    public static implicit operator Phrase(string text) => Foreign(text);

    public void AppendLiteral(string literal) => spans.Add(new Span(literal, SpanKind.Plain));

    public void AppendFormatted(string? value) => spans.AddRange(Foreign(value).Spans);

    public void AppendFormatted(Code code) => spans.Add(new Span(code.Text, SpanKind.Code));

    public void AppendFormatted(Strong strong) => spans.Add(new Span(strong.Text, SpanKind.Strong));

    public void AppendFormatted(long number) =>
        AppendLiteral(number.ToString("N0", CultureInfo.InvariantCulture));

    public void AppendFormatted(Guid id) => AppendLiteral(id.ToString());

    public void AppendFormatted(DateTimeOffset time) =>
        AppendLiteral(
            time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
        );
}

/// <summary>A part of a phrase in one style.</summary>
internal readonly record struct Span(string Text, SpanKind Kind);

/// <summary>Whose text it is, and how it is set.</summary>
internal enum SpanKind
{
    /// <summary>Ours.</summary>
    Plain,

    /// <summary>Ours, emphasized.</summary>
    Strong,

    /// <summary>To be typed as it is; nothing foreign.</summary>
    Code,

    /// <summary>From a database or an operator: anything may be in it.</summary>
    Foreign,
}

/// <summary>A command, a statement or a fingerprint: to be shown letter by letter. Never foreign text.</summary>
internal readonly record struct Code(string Text)
{
    public override string ToString() => Text;
}

/// <summary>Words of ours that must not be overlooked.</summary>
internal readonly record struct Strong(string Text)
{
    public override string ToString() => Text;
}
