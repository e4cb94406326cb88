using RotationMesh.Operations.Http;

namespace RotationMesh.ApiTests.Support;

/// <summary>A tokens file with a viewer and an operator.</summary>
internal sealed class Tokens : IDisposable
{
    public Tokens() => Write();

    public string File { get; } = Path.GetTempFileName();

    public string Viewer { get; } = BearerToken.Create();

    public string Operator { get; } = BearerToken.Create();

    /// <summary>Writes both into the file, and more lines after them.</summary>
    public void Write(params string[] more) =>
        WriteLines([
            "# who may ask",
            "",
            BearerToken.Line("vera", "viewer", Viewer),
            BearerToken.Line("otto", "operator", Operator),
            .. more,
        ]);

    public void WriteLines(params string[] lines) => System.IO.File.WriteAllLines(File, lines);

    public void Dispose() => System.IO.File.Delete(File);
}
