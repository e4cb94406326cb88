using RotationMesh.Control.Ledger;

namespace RotationMesh.UnitTests.Ledger;

public sealed class LedgerRulesBoundsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static IEnumerable<LedgerRules> Valid() =>
        [
            new(),
            new()
            {
                MaxFailures = 1,
                MaxExpiries = 0,
                MaxCutShort = 0,
            },
            new() { FirstDelay = TimeSpan.Zero, LongestDelay = TimeSpan.Zero },
            new() { WriteTime = Second, LongestWriteTime = Second },
        ];

    private static IEnumerable<TestCaseData> Invalid() =>
        [
            new(new LedgerRules { StallTimeout = TimeSpan.Zero }, "StallTimeout"),
            new(new LedgerRules { Lease = Second, StallTimeout = Second }, "Lease"),
            new(new LedgerRules { WriteTime = TimeSpan.Zero }, "WriteTime"),
            new(new LedgerRules { WriteTime = 2 * Second, LongestWriteTime = Second }, "LongestWriteTime"),
            new(new LedgerRules { MaxFailures = 0 }, "MaxFailures"),
            new(new LedgerRules { MaxExpiries = -1 }, "MaxExpiries"),
            new(new LedgerRules { MaxCutShort = -1 }, "MaxCutShort"),
            new(new LedgerRules { FirstDelay = -Second }, "FirstDelay"),
            new(new LedgerRules { FirstDelay = 2 * Second, LongestDelay = Second }, "LongestDelay"),
        ];

    [TestCaseSource(nameof(Valid))]
    public void Rules_that_can_be_met_are_accepted(LedgerRules rules) =>
        Assert.That(rules.EnsureValid, Throws.Nothing);

    [TestCaseSource(nameof(Invalid))]
    public void Others_are_refused_by_name(LedgerRules rules, string name) =>
        Assert.That(
            rules.EnsureValid,
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name)
        );
}
