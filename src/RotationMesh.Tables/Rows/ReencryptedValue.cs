namespace RotationMesh.Tables.Rows;

/// <summary>Result of a value's re-encryption: its new envelope, or why there is none.</summary>
internal readonly record struct ReencryptedValue(ReadOnlyMemory<byte> Envelope, RowFault? Error)
{
    /// <summary>The value needs no new envelope.</summary>
    public static ReencryptedValue Already { get; } = new(default, null);

    public bool IsAlready => Error is null && Envelope.IsEmpty;
}
