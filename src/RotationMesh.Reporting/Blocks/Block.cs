namespace RotationMesh.Reporting.Blocks;

/// <summary>A part of a report, before it is written in a format.</summary>
internal abstract record Block;

/// <summary>A heading; level 1 is the report's title.</summary>
internal sealed record Heading(int Level, string Text) : Block;

/// <summary>A paragraph.</summary>
internal sealed record Paragraph(Phrase Text) : Block;

/// <summary>A list of points, numbered where their order matters.</summary>
internal sealed record Points(bool Numbered, IReadOnlyList<Phrase> Items) : Block;

/// <summary>A table; the last <paramref name="Numbers"/> columns are aligned to the right.</summary>
internal sealed record Grid(
    IReadOnlyList<string> Columns,
    int Numbers,
    IReadOnlyList<IReadOnlyList<Phrase>> Rows
) : Block;
