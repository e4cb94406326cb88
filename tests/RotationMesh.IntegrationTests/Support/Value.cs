using System.Text;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Stored values, sealed and opened without the product.</summary>
internal static class Value
{
    /// <summary>Text column: base64 of the envelope.</summary>
    public static string Seal(
        string plaintext,
        string tenant,
        int version = 1,
        string context = Entries.Context
    ) => Convert.ToBase64String(SealBytes(plaintext, tenant, version, context));

    /// <summary>Binary column: the envelope itself.</summary>
    public static byte[] SealBytes(
        string plaintext,
        string tenant,
        int version = 1,
        string context = Entries.Context
    ) => ReferenceEnvelope.Seal(TestKeys.Of(version), tenant, context, Encoding.UTF8.GetBytes(plaintext));

    /// <summary>Plaintext of a text column; throws where it is not authentic.</summary>
    public static string Open(string stored, string tenant, int version, string context = Entries.Context) =>
        OpenBytes(Convert.FromBase64String(stored), tenant, version, context);

    /// <summary>Plaintext of a binary column; throws where it is not authentic.</summary>
    public static string OpenBytes(
        byte[] stored,
        string tenant,
        int version,
        string context = Entries.Context
    ) => Encoding.UTF8.GetString(ReferenceEnvelope.Open(TestKeys.Of(version), tenant, context, stored));
}
