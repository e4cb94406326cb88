using System.Text.Json;

namespace RotationMesh.UnitTests.Vectors;

/// <summary>The vectors that were made with the application's own library.</summary>
internal static class PublicVectors
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    private static readonly VectorFile File = Read();

    public static IEnumerable<TestCaseData> Positive => Cases(File.Vectors);

    public static IEnumerable<TestCaseData> Negative => Cases(File.Negative);

    public static IEnumerable<TestCaseData> Oddities => Cases(File.AcceptedOddities);

    public static IEnumerable<TestCaseData> MasterKeys =>
        File.IsValidMasterKey.Select(
            (key, i) => new TestCaseData(key).SetName($"Master key {i + 1} of {key.LengthUtf16} code units")
        );

    public static int Count =>
        File.Vectors.Count + File.Negative.Count + File.AcceptedOddities.Count + File.IsValidMasterKey.Count;

    private static IEnumerable<TestCaseData> Cases(IEnumerable<Vector> vectors) =>
        vectors.Select(vector => new TestCaseData(vector).SetArgDisplayNames(vector.Id, vector.Kind ?? ""));

    private static VectorFile Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Vectors", "vectors-public.json");
        using var stream = System.IO.File.OpenRead(path);
        return JsonSerializer.Deserialize<VectorFile>(stream, CamelCase)!;
    }

    private sealed record VectorFile
    {
        public required IReadOnlyList<Vector> Vectors { get; init; }

        public required IReadOnlyList<Vector> Negative { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("accepted_oddities")]
        public required IReadOnlyList<Vector> AcceptedOddities { get; init; }

        public required IReadOnlyList<MasterKeyVector> IsValidMasterKey { get; init; }
    }
}

/// <summary>A key and whether the application accepts it.</summary>
internal sealed record MasterKeyVector(string MasterKey, int LengthUtf16, int LengthBytes, bool Valid);
