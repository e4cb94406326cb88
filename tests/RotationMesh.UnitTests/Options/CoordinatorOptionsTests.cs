using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;

namespace RotationMesh.UnitTests.Options;

public sealed class CoordinatorOptionsTests
{
    private static IEnumerable<CoordinatorOptions> Valid() =>
        [new(), new() { Window = 1, WindowOfDatabase = 1 }, new() { WriterTimeout = TimeSpan.Zero }];

    private static IEnumerable<TestCaseData> Invalid() =>
        [
            new(new CoordinatorOptions { Window = 0 }, "Window"),
            new(new CoordinatorOptions { WindowOfDatabase = 0 }, "WindowOfDatabase"),
            new(new CoordinatorOptions { Window = 2, WindowOfDatabase = 3 }, "WindowOfDatabase"),
            new(new CoordinatorOptions { Nudge = TimeSpan.Zero }, "Nudge"),
            new(new CoordinatorOptions { WriterTimeout = TimeSpan.FromTicks(-1) }, "WriterTimeout"),
            new(new CoordinatorOptions { Patience = TimeSpan.Zero }, "Patience"),
        ];

    [TestCaseSource(nameof(Valid))]
    public void What_a_coordinator_can_work_by_is_accepted(CoordinatorOptions options) =>
        Assert.That(options.EnsureValid, Throws.Nothing);

    [TestCaseSource(nameof(Invalid))]
    public void What_it_cannot_is_refused_by_name(CoordinatorOptions options, string name) =>
        Assert.That(
            options.EnsureValid,
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name)
        );

    [Test]
    public void No_coordinator_is_composed_of_options_that_are_refused() =>
        AssertRefused(new CoordinatorOptions { Window = 0 }, new LedgerRules());

    [Test]
    public void No_coordinator_is_composed_of_rules_that_are_refused() =>
        AssertRefused(new CoordinatorOptions(), new LedgerRules { MaxFailures = 0 });

    private static void AssertRefused(CoordinatorOptions options, LedgerRules rules) =>
        Assert.That(
            () => new ServiceCollection().AddMassTransit(bus => bus.AddCoordinator(options, rules)),
            Throws.TypeOf<ArgumentOutOfRangeException>()
        );
}
