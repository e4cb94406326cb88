using System.Reflection;
using NetArchTest.Rules;
using RotationMesh.Core;
using RotationMesh.Hosting;
using RotationMesh.LocalOperations.DryRuns;
using RotationMesh.MapFile;
using RotationMesh.Postgres;
using RotationMesh.Sample;

namespace RotationMesh.UnitTests.Architecture;

public sealed class DependencyTests
{
    private static readonly string[] Hosts =
    [
        "RotationMesh.Cli",
        "RotationMesh.Coordinator",
        "RotationMesh.Worker",
    ];

    private static readonly Assembly[] Libraries =
    [
        typeof(UsageException).Assembly,
        typeof(RotationMapReader).Assembly,
        typeof(DatabaseFaults).Assembly,
        typeof(DryRun).Assembly,
        typeof(SampleLoader).Assembly,
        typeof(Variables).Assembly,
    ];

    [Test]
    public void Core_refers_to_nothing_but_the_platform() =>
        Assert.That(Foreign(typeof(UsageException).Assembly), Is.Empty);

    [Test]
    public void The_map_s_file_refers_to_core_and_the_yaml_parser_alone() =>
        Assert.That(
            Foreign(typeof(RotationMapReader).Assembly),
            Is.SubsetOf(new[] { "RotationMesh.Core", "YamlDotNet" })
        );

    [Test]
    public void The_databases_do_not_know_who_drives_them() =>
        Assert.That(
            Types
                .InAssembly(typeof(DatabaseFaults).Assembly)
                .Should()
                .NotHaveDependencyOnAny([
                    "RotationMesh.LocalOperations",
                    "RotationMesh.Sample",
                    "RotationMesh.MapFile",
                    .. Hosts,
                ])
                .GetResult()
                .FailingTypeNames,
            Is.Null.Or.Empty
        );

    [Test]
    public void Nobody_refers_to_a_host() =>
        Assert.That(
            Repository.Projects.Where(project => Repository.References(project).Intersect(Hosts).Any()),
            Is.Empty
        );

    [Test]
    public void One_project_alone_knows_the_SDK_of_S3() =>
        Assert.That(
            Repository
                .Projects.Where(project =>
                    File.ReadAllText(project).Contains("AWSSDK", StringComparison.Ordinal)
                )
                .Select(Path.GetFileNameWithoutExtension),
            Is.EqualTo(["RotationMesh.ExternalStore"])
        );

    [Test]
    public void No_library_depends_on_a_host() =>
        Assert.That(
            Types.InAssemblies(Libraries).Should().NotHaveDependencyOnAny(Hosts).GetResult().FailingTypeNames,
            Is.Null.Or.Empty
        );

    [Test]
    public void Core_and_the_databases_never_open_a_console() =>
        Assert.That(
            Types
                .InAssemblies(Libraries)
                .Should()
                .NotHaveDependencyOn("System.Console")
                .GetResult()
                .FailingTypeNames,
            Is.Null.Or.Empty
        );

    [Test]
    public void A_worker_ships_neither_gates_nor_the_control_database() =>
        Assert.That(
            All("RotationMesh.Worker")
                .Intersect([
                    "RotationMesh.Control",
                    "RotationMesh.Coordination",
                    "RotationMesh.LocalOperations",
                    "RotationMesh.Gates",
                    "RotationMesh.Kubernetes",
                ]),
            Is.Empty
        );

    [TestCaseSource(nameof(Built))]
    public void Folders_make_no_circle(string assembly) =>
        Assert.That(FolderGraph.Read(Path.Combine(Repository.Root, assembly)).Circles(), Is.Empty);

    private static IEnumerable<string> Built() =>
        Repository.Projects.Select(Repository.Assembly).Order(StringComparer.Ordinal);

    private static IEnumerable<string> All(string project) =>
        Repository
            .References(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"))
            .SelectMany(one => All(one).Append(one));

    private static IEnumerable<string> Foreign(Assembly assembly) =>
        assembly
            .GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name =>
                name is not ("netstandard" or "mscorlib")
                && !name.StartsWith("System.", StringComparison.Ordinal)
            );
}
