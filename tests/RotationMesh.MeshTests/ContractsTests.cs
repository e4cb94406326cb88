using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.MeshTests;

[TestFixture]
public sealed class ContractsTests
{
    private static readonly Type[] Records =
    [
        .. typeof(StartRotation).Assembly.GetExportedTypes().Where(t => !t.IsEnum),
    ];

    private static IEnumerable<Type> Messages => Records.Where(t => t.GetProperty("RotationId") is not null);

    [OneTimeSetUp]
    public void UseTheOptionsOfTheHosts() =>
        new ServiceCollection().AddMassTransit(bus => bus.UseBusDefaults());

    [TestCaseSource(nameof(Records))]
    public void TypeTravels_ItIsSealedAndImmutableAndHasNoBaseThatWouldTravelToo(Type type)
    {
        var setters = type.GetProperties().Select(p => p.SetMethod).OfType<MethodInfo>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(type.IsSealed, Is.True);
            Assert.That(type.BaseType, Is.EqualTo(typeof(object)));
            Assert.That(
                type.GetInterfaces(),
                Is.EqualTo(new[] { typeof(IEquatable<>).MakeGenericType(type) })
            );
            Assert.That(
                setters.Select(s => s.ReturnParameter.GetRequiredCustomModifiers().Length),
                Is.All.EqualTo(1),
                "init, not set"
            );
        }
    }

    [TestCaseSource(nameof(Messages))]
    public void MessageSaysHowItTravels_InANamespaceWithTheRotationItBelongsTo(Type type)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(type.Namespace, Is.EqualTo("RotationMesh.Contracts"));
            Assert.That(type.GetProperty("RotationId")!.PropertyType, Is.EqualTo(typeof(Guid)));
        }
    }

    /// <summary>
    /// A release of another shape would read a message as something else. Whoever changes a shape raises the number of
    /// <see cref="SealPurpose.Message"/>, by which it is dropped instead, and this digest with it.
    /// </summary>
    [Test]
    public void ShapesChange_TheNumberOfTheContractIsRaised()
    {
        var types = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in Records)
            Collect(type, types);
        var shapes = string.Join('\n', types.Values.Select(Shape));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shapes)))[..16];

        Assert.That(
            (SealPurpose.Message.Name, digest),
            Is.EqualTo(("rotationmesh/message/v5", "1e978e2cde6f79c7")),
            shapes
        );
    }

    private static void Collect(Type type, SortedDictionary<string, Type> types)
    {
        foreach (var part in type.GetGenericArguments())
            Collect(part, types);
        if (type.Namespace?.StartsWith("RotationMesh.", StringComparison.Ordinal) != true)
            return;
        if (types.TryAdd(type.FullName!, type) && !type.IsEnum)
            foreach (var property in type.GetProperties())
                Collect(property.PropertyType, types);
    }

    private static string Shape(Type type)
    {
        IEnumerable<string> parts = type.IsEnum
            ? Enum.GetNames(type)
            : type.GetProperties()
                .Select(property => $"{property.Name} {property.PropertyType}")
                .Order(StringComparer.Ordinal);
        return $"{type.Name}: {string.Join(", ", parts)}";
    }

    [TestCase(typeof(StartRotation))]
    [TestCase(typeof(RotationGoal))]
    [TestCase(typeof(RotatePartition))]
    [TestCase(typeof(VerifyPartition))]
    public void CommandLeadsToRows_ItNamesMapAndKey(Type type)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(type.GetProperty("MapHash"), Is.Not.Null);
            Assert.That(type.GetProperty("TargetFingerprint"), Is.Not.Null);
        }
    }

    [Test]
    public void PartitionGoesOverTheBus_ArrivesAsItWasSent()
    {
        var options = SystemTextJsonMessageSerializer.Options;
        var sent = new RotatePartition
        {
            RotationId = NewId.NextGuid(),
            Partition = new PartitionRef
            {
                PartitionId = 7,
                Attempt = 2,
                Dispatch = Guid.NewGuid(),
                Scope = "knowledge",
                Database = "app",
                Table = "knowledge_entries",
                Leaf = "\"public\".\"knowledge_entries\"",
                Tenants = ["demo-company"],
                Pages = new PageRange(0, 4096),
            },
            TargetVersion = 2,
            BatchSize = 1000,
            WriteUntil = new DateTime(2026, 11, 27, 5, 0, 0, DateTimeKind.Utc).AddMicroseconds(123456),
            MapHash = "map",
            TargetFingerprint = "0123456789abcdef",
        };

        var json = JsonSerializer.Serialize(sent, options);
        var arrived = JsonSerializer.Deserialize<RotatePartition>(json, options)!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(JsonSerializer.Serialize(arrived, options), Is.EqualTo(json));
            Assert.That(arrived.WriteUntil, Is.EqualTo(sent.WriteUntil));
            Assert.That(arrived.Partition.Tenants, Is.EqualTo(sent.Partition.Tenants));
            Assert.That(arrived.Partition.Pages, Is.EqualTo(sent.Partition.Pages));
        }
    }

    [Test]
    public void ResultGoesOverTheBus_CountsAndTimeArrive()
    {
        var options = SystemTextJsonMessageSerializer.Options;
        var counts = new RowCounts
        {
            Rotated = 5,
            Verified = 8,
            Failed = 3,
            Conflicts = 2,
            Contended = 1,
        };
        var sent = new PartitionRotated(NewId.NextGuid(), 7, 1, Guid.NewGuid(), "worker", counts);

        var json = JsonSerializer.Serialize(sent, options);
        var arrived = JsonSerializer.Deserialize<PartitionRotated>(json, options)!;

        Assert.That(arrived.Counts, Is.EqualTo(counts));
    }
}
