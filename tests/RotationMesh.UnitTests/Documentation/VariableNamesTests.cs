using System.Text.RegularExpressions;
using RotationMesh.Hosting;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>Variables have one name: in the programs, in the docs, and in whatever starts the programs.</summary>
public sealed partial class VariableNamesTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mesh.md"));

    private static IEnumerable<string> Names => ProgramVariable.All.Select(variable => variable.Name);

    // Compose files, charts and examples. A script of the repository has variables of its own.
    private static IEnumerable<string> Deployments =>
        new[] { "compose", "infra" }
            .Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".tpl" or ".service");

    [TestCaseSource(nameof(Names))]
    public void Each_variable_is_in_the_docs(string name) => Assert.That(Page, Does.Contain($"`{name}`"));

    [Test]
    public void What_starts_the_programs_sets_no_variable_that_none_of_them_reads() =>
        Assert.That(
            Deployments
                .SelectMany(file => SetVariable().Matches(File.ReadAllText(file)))
                .Select(match => match.Value)
                .Distinct(),
            Is.SubsetOf(Names)
        );

    // What stands in ${…} is for the reader of the file.
    [GeneratedRegex(@"(?<!\$\{|\w)ROTATIONMESH_[A-Z0-9_]+")]
    private static partial Regex SetVariable();
}
