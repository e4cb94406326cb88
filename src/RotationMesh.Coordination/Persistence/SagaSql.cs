namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The five statements of one saga table. Parameters carry the names of the saga's properties, so the instance itself is
/// the parameter object; <see cref="Read"/>, <see cref="Lock"/> and <see cref="Delete"/> use <c>@CorrelationId</c> alone.
/// </summary>
internal sealed record SagaSql
{
    /// <summary>Selects one row, without a lock.</summary>
    public required string Read { get; init; }

    /// <summary>
    /// Selects one row and locks it until the transaction ends, so two messages for one saga are handled one after the
    /// other. Without the lock, the later update would silently overwrite the earlier one.
    /// </summary>
    public required string Lock { get; init; }

    /// <summary>
    /// Inserts a new row, unless the saga exists. A unique violation would end the transaction, and with it the chance to
    /// load the row that won; <c>ON CONFLICT DO NOTHING</c> leaves the transaction usable.
    /// </summary>
    public required string Insert { get; init; }

    /// <summary>Updates every column that the saga writes, of a row that <see cref="Lock"/> has read.</summary>
    public required string Update { get; init; }

    /// <summary>Deletes the row of a saga that is completed.</summary>
    public required string Delete { get; init; }

    /// <summary>
    /// Writes the statements for a quoted table name and its columns, each with the property it belongs to. Columns are
    /// read under the property's name, which spares a process-wide setting of the mapper.
    /// </summary>
    public static SagaSql For(string table, IReadOnlyList<(SagaColumn Column, string Property)> columns)
    {
        const string Id = $"""
            "{SagaTable.CorrelationId}" = @CorrelationId
            """;
        var written = columns.Where(c => c.Column.IsWritten).ToList();
        var names = written.Select(c => c.Column.Name.Quoted);
        var read = columns.Select(c => $"{c.Column.Read} AS \"{c.Property}\"");
        var values = written.Select(c => $"@{c.Property}{c.Column.Cast}");
        var changes = written
            .Where(c => c.Column.Name.Name != SagaTable.CorrelationId)
            .Select(c => $"{c.Column.Name.Quoted} = @{c.Property}{c.Column.Cast}");
        var select = $"SELECT {string.Join(", ", read)} FROM {table} WHERE {Id}";

        return new SagaSql
        {
            Read = select,
            // Not FOR UPDATE: writes of rows that refer to the saga would wait for it, and they happen all the time.
            Lock = $"{select} FOR NO KEY UPDATE",
            Insert =
                $"INSERT INTO {table} ({string.Join(", ", names)}) VALUES ({string.Join(", ", values)}) "
                + $"ON CONFLICT (\"{SagaTable.CorrelationId}\") DO NOTHING",
            Update = $"UPDATE {table} SET {string.Join(", ", changes)} WHERE {Id}",
            Delete = $"DELETE FROM {table} WHERE {Id}",
        };
    }
}
