using System.Globalization;
using System.Text.Json.Nodes;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target.Rows;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows rows that failed.</summary>
internal static class FailureView
{
    /// <summary>Failures that are listed for people; <c>failures</c> shows all.</summary>
    public const int Shown = 10;

    /// <summary>Lists the first failures, and says how many more there are.</summary>
    public static void List(IAnsiConsole console, IReadOnlyList<RowFailure> failures, long total)
    {
        foreach (var failure in failures.Take(Shown))
            console.WriteLine(
                Line(
                    failure.Table,
                    RowFailureStore.Json(failure.Key),
                    failure.Tenant,
                    failure.Version,
                    failure.Error.ToString()
                )
            );
        if (total > Shown)
            console.WriteLine($"  … and {Tables.Number(total - Shown)} more");
    }

    /// <summary>One failure in one line.</summary>
    public static string Line(string table, string key, string? tenant, long? version, string error) =>
        $"  {table} {key}, tenant {tenant ?? "none"}, version {version?.ToString(CultureInfo.InvariantCulture) ?? "none"}: {error}";

    /// <summary>A failure as JSON.</summary>
    public static object Document(RowFailure failure) =>
        new
        {
            failure.Scope,
            failure.Database,
            failure.Table,
            Key = JsonNode.Parse(RowFailureStore.Json(failure.Key)),
            failure.Tenant,
            failure.Version,
            failure.Error,
        };

    /// <summary>A recorded failure as JSON.</summary>
    public static object Document(RowFailureRecord failure) =>
        new
        {
            failure.Scope,
            Database = failure.DatabaseName,
            Table = failure.TableName,
            Key = JsonNode.Parse(failure.RowKey),
            failure.Tenant,
            failure.Version,
            failure.Error,
        };
}
