using System.Globalization;
using System.Runtime.CompilerServices;

namespace RotationMesh.Reporting.Blocks;

/// <summary>
/// Text of a report, written as an interpolated string. Literal text is the program's own; strings that are filled in are
/// foreign, from a database or an operator, and every format shows them as text.
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

    /// <summary>Returns a foreign value by itself, as in the cell of a table; null becomes a dash.</summary>
    public static Phrase Foreign(string? value) =>
        new(value is null ? new Span("—", SpanKind.Plain) : new Span(value, SpanKind.Foreign));

    /// <summary>Returns a number by itself.</summary>
    public static Phrase Number(long value) => $"{value}";

    /// <summary>
    /// Converts text. The compiler may have built it from an interpolated string, so it counts as foreign, to be safe.
    /// </summary>
    public static implicit operator Phrase(string text) => Foreign(text);

    public void AppendLiteral(string literal) => spans.Add(new Span(literal, SpanKind.Plain));

    public void AppendFormatted(string? value) => spans.AddRange(Foreign(value).Spans);

    public void AppendFormatted(Code code) => spans.Add(new Span(code.Text, SpanKind.Code));

    public void AppendFormatted(Strong strong) => spans.Add(new Span(strong.Text, SpanKind.Strong));

    public void AppendFormatted(long number) =>
        AppendLiteral(number.ToString("N0", CultureInfo.InvariantCulture));

    public void AppendFormatted(DateTimeOffset time) =>
        AppendLiteral(
            time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
        );
}

/// <summary>A part of a phrase in one style.</summary>
internal readonly record struct Span(string Text, SpanKind Kind);

/// <summary>Who wrote the text, and its style.</summary>
internal enum SpanKind
{
    /// <summary>The program's own text.</summary>
    Plain,

    /// <summary>The program's own text, emphasized.</summary>
    Strong,

    /// <summary>Text to be typed as it is; never foreign.</summary>
    Code,

    /// <summary>Text from a database or an operator, which may contain anything.</summary>
    Foreign,
}

/// <summary>A command, a statement or a fingerprint, which is shown letter by letter. Never foreign text.</summary>
internal readonly record struct Code(string Text)
{
    public override string ToString() => Text;
}

/// <summary>The program's own words that must not be overlooked.</summary>
internal readonly record struct Strong(string Text)
{
    public override string ToString() => Text;
}
