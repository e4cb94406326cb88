namespace RotationMesh.Tables.Writers;

/// <summary>A transaction as a query returns it.</summary>
internal sealed record WriterRow
{
    public string VirtualTransaction { get; init; } = "";
    public int? Pid { get; init; }
    public string Relation { get; init; } = "";
    public string[]? Ids { get; init; }
    public string? Gid { get; init; }
    public string? Application { get; init; }
    public string? Role { get; init; }
    public double? AgeSeconds { get; init; }

    public OpenWriter ToWriter() =>
        new()
        {
            VirtualTransaction = VirtualTransaction,
            Ids = Ids ?? [],
            Pid = Pid,
            Gid = Gid,
            Application = Application,
            Role = Role,
            AgeSeconds = AgeSeconds,
            Table = Relation,
        };
}
