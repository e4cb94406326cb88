using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations;

/// <summary>What an operator asked for, checked against the map and the key ring.</summary>
public sealed record RotationRequest
{
    /// <summary>The scopes to rotate; never empty.</summary>
    public required IReadOnlyList<ScopeEntry> Scopes { get; init; }

    /// <summary>The tenants to rotate; null for all.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Target version, batch size, dry run.</summary>
    public required RotationSettings Settings { get; init; }

    /// <summary>Partitions that are rewritten at the same time.</summary>
    public required int Workers { get; init; }

    /// <summary>What the operator says of the gates.</summary>
    public GateTerms Gates { get; init; } = new();

    /// <summary>How much is decrypted again, as <see cref="VerificationShare"/> writes it.</summary>
    public string Verify { get; init; } = "";

    /// <summary>Who asked for it, as the audit log shows it.</summary>
    public string RequestedBy { get; init; } = Environment.UserName;

    /// <summary>Command line by which it was asked, for the audit log.</summary>
    public string? CommandLine { get; init; }

    /// <summary>All tables of the scopes.</summary>
    public IEnumerable<TableEntry> Tables => Scopes.SelectMany(scope => scope.Tables);
}
