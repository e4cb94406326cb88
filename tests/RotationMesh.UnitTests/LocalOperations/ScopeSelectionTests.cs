using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;

namespace RotationMesh.UnitTests.LocalOperations;

public sealed class ScopeSelectionTests
{
    private static readonly RotationMap Map = new()
    {
        Path = "rotation.yaml",
        Databases = [],
        ControlConnectionString = "",
        Formats = [],
        Scopes = [new("connectors", []), new("knowledge", []), new("billing", [])],
    };

    [TestCase("", "", "connectors knowledge billing")]
    [TestCase("all", "", "connectors knowledge billing")]
    [TestCase("billing", "", "billing")]
    [TestCase("billing connectors", "", "connectors billing", Description = "in the order of the map")]
    [TestCase("billing all", "", "connectors knowledge billing")]
    [TestCase("", "knowledge", "connectors billing")]
    [TestCase("billing knowledge", "knowledge", "billing")]
    public void Scopes_are_chosen_by_name(string only, string skip, string expected) =>
        Assert.That(
            ScopeSelection.Choose(Map, Words(only), Words(skip)).Select(scope => scope.Name),
            Is.EqualTo(Words(expected))
        );

    [TestCase("knowlege", "")]
    [TestCase("", "knowlege")]
    [TestCase("all knowlege", "")]
    public void An_unknown_scope_is_named_with_near_names_and_all_scopes(string only, string skip) =>
        Assert.That(
            () => ScopeSelection.Choose(Map, Words(only), Words(skip)),
            Throws
                .TypeOf<UsageException>()
                .With.Message.EqualTo(
                    "the map has no scope 'knowlege'. Did you mean 'knowledge'? "
                        + "Its scopes: connectors, knowledge, billing"
                )
        );

    [TestCase("billing", "billing")]
    [TestCase("", "all")]
    public void A_choice_that_leaves_nothing_is_refused(string only, string skip) =>
        Assert.That(
            () => ScopeSelection.Choose(Map, Words(only), Words(skip)),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("no scope is left after --skip")
        );

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
