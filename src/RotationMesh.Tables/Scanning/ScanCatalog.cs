using Dapper;
using Npgsql;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Scanning;

/// <summary>Lists what there is to scan in a database.</summary>
internal static class ScanCatalog
{
    /// <summary>Shortest value that can hold an envelope; a type of a fixed length below it can't.</summary>
    private const int ShortestEnvelope = 29;

    // A domain is judged by its base type, an array by its elements. Types of these categories hold no envelope: numbers (N),
    // booleans (B), times (D, T), addresses (I), shapes (G) and enumerations (E); nor do the server's own ranges of them.
    // Bits (V) might, but nobody keeps an envelope so, and the scan does not read them. A few bits, such as flags, can't: their
    // number stands in the modifier of the column's type or of a domain.
    private static readonly string ListRelations = $"""
        WITH RECURSIVE kinds AS (
            SELECT t.oid AS column_type, t.oid, t.typtype, t.typbasetype, t.typelem, t.typcategory, t.typlen, t.typtypmod
            FROM pg_catalog.pg_type t
            UNION ALL
            SELECT k.column_type, b.oid, b.typtype, b.typbasetype, b.typelem, b.typcategory, b.typlen,
                   greatest(k.typtypmod, b.typtypmod)
            FROM kinds k JOIN pg_catalog.pg_type b
              ON b.oid OPERATOR(pg_catalog.=) CASE WHEN k.typtype OPERATOR(pg_catalog.=) 'd' THEN k.typbasetype ELSE k.typelem END
            WHERE k.typtype OPERATOR(pg_catalog.=) 'd' OR (
                k.typcategory OPERATOR(pg_catalog.=) 'A' AND k.typelem OPERATOR(pg_catalog.<>) 0)),
        types AS (
            SELECT column_type,
                   typcategory OPERATOR(pg_catalog.<>) ALL (ARRAY['N', 'B', 'D', 'T', 'I', 'G', 'E', 'V'])
                     AND (typlen OPERATOR(pg_catalog.<) 0 OR typlen OPERATOR(pg_catalog.>=) {ShortestEnvelope})
                     AND NOT (typtype OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm']) AND oid OPERATOR(pg_catalog.<) 16384) AS may_hold,
                   typcategory OPERATOR(pg_catalog.=) 'V' AS is_bits, typtypmod AS bits,
                   oid OPERATOR(pg_catalog.=) ANY (SELECT w.oid FROM pg_catalog.pg_type w
                           WHERE w.typname OPERATOR(pg_catalog.=) ANY (ARRAY['uuid', 'int4', 'int8'])
                             AND w.typnamespace OPERATOR(pg_catalog.=) (
                                 SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname OPERATOR(pg_catalog.=) 'pg_catalog')
                          ) AS may_name
            FROM kinds k WHERE typtype OPERATOR(pg_catalog.<>) 'd' AND NOT (
                typcategory OPERATOR(pg_catalog.=) 'A' AND typelem OPERATOR(pg_catalog.<>) 0)),
        judged AS (
            SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, t.may_hold, t.may_name,
                   t.is_bits AND (greatest(a.atttypmod, t.bits) OPERATOR(pg_catalog.<) 1
                       OR greatest(a.atttypmod, t.bits) OPERATOR(pg_catalog.>=) {ShortestEnvelope
            * 8}) AS unread
            FROM pg_catalog.pg_attribute a JOIN types t ON t.column_type OPERATOR(pg_catalog.=) a.atttypid
            WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped),
        columns AS (
            SELECT a.attrelid, pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum) AS names,
                   pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types,
                   pg_catalog.array_agg(a.may_hold ORDER BY a.attnum) AS may_hold,
                   pg_catalog.array_agg(a.unread ORDER BY a.attnum) AS unread,
                   pg_catalog.array_agg(coalesce(pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT'), false)
                             ORDER BY a.attnum) AS readable
            FROM judged a
            WHERE a.may_hold OR a.unread OR a.may_name
            GROUP BY a.attrelid)
        SELECT c.oid::pg_catalog.int8 AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::pg_catalog.text AS Kind,
               c.relispartition AND NOT EXISTS (
                   SELECT FROM pg_catalog.pg_inherits i
                   WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid AND {PendingDetach.IsPending}) AS IsPartition,
               array(SELECT i.inhparent::pg_catalog.int8 FROM pg_catalog.pg_inherits i
                     WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid AND NOT {PendingDetach.IsPending}) AS Parents,
               pg_catalog.concat(c.xmin, (
                   SELECT pg_catalog.string_agg(pg_catalog.concat('/', i.inhparent, ' ', i.xmin), '' ORDER BY i.inhparent)
                   FROM pg_catalog.pg_inherits i WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid)) AS Written,
               CASE WHEN c.relispartition THEN {PendingDetach.EndOf("c.oid")} END AS FinalizeWith,
               c.relpages AS EstimatedPages, c.reltuples::pg_catalog.float8 AS EstimatedRows,
               CASE WHEN c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm'])
                    THEN coalesce(pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass), 0)
                    ELSE 0 END AS MainBytes,
               CASE WHEN c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm'])
                    THEN coalesce(pg_catalog.pg_table_size(c.oid::pg_catalog.regclass), 0)
                    ELSE 0 END AS Bytes,
               pg_catalog.current_setting('block_size')::pg_catalog.int4 AS PageBytes,
               pg_catalog.row_security_active(c.oid) AS RowSecurity,
               pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS MayUseSchema, c.relispopulated AS IsPopulated,
               k.names AS Names, k.types AS Types, k.may_hold AS MayHold, k.unread AS Unread, k.readable AS Readable
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        JOIN columns k ON k.attrelid OPERATOR(pg_catalog.=) c.oid
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'm', 'f']) AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
          AND n.nspname OPERATOR(pg_catalog.<>) ALL (ARRAY['pg_catalog', 'information_schema'])
          AND n.nspname OPERATOR(pg_catalog.!~~) 'pg\_toast%'
        ORDER BY 2, 3
        """;

    private const string CountLargeObjects = """
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata
        """;

    private const string FindRelation = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) @oid)
        """;

    /// <summary>
    /// Lists tables, materialised views and foreign tables with a column that may hold an envelope or a tenant.
    /// </summary>
    public static async Task<IReadOnlyList<ScanRelation>> ListAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) =>
        [
            .. await connection.QueryAsync<ScanRelation>(
                new CommandDefinition(ListRelations, cancellationToken: cancellationToken)
            ),
        ];

    /// <summary>Returns whether a relation is still there.</summary>
    public static Task<bool> HasAsync(
        NpgsqlConnection connection,
        long oid,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(FindRelation, new { oid }, cancellationToken: cancellationToken)
        );

    /// <summary>Counts the large objects of the database, which no table of the application holds.</summary>
    public static Task<long> CountLargeObjectsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<long>(
            new CommandDefinition(CountLargeObjects, cancellationToken: cancellationToken)
        );
}
