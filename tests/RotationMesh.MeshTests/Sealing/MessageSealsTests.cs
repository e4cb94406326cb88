using MassTransit;
using NUnit.Framework;
using RotationMesh.Bus.Sealing;
using RotationMesh.Contracts;
using RotationMesh.Core.Keys;

namespace RotationMesh.MeshTests.Sealing;

[TestFixture]
internal sealed class MessageSealsTests
{
    private const string First = "3afba7d2cf3080391cd91c1f9ba595f88da89edb0e8774f3a4bef91c6aea1934";
    private const string Second = "25a09ff82a4c540d8245efbfd06dec2003e5f11c80fc6afa2626e71b50e7971b";
    private const string Foreign = "a418fd7bf22b9d16d4902d89a8e48cdf566621c6fc4d3522d4dad581a0e5bfbf";

    private static readonly string ControlUrn = MessageUrn.ForTypeString<ResumeRotation>();
    private static readonly string Sighting = MessageUrn.ForTypeString<WorkerHeartbeat>();
    private static readonly string Command = MessageUrn.ForTypeString<RotatePartition>();
    private static readonly string News = MessageUrn.ForTypeString<GatesHold>();

    private readonly KeyRing receiver = new(2, new Dictionary<int, string> { [1] = First, [2] = Second });
    private readonly KeyRing old = new(1, new Dictionary<int, string> { [1] = First });
    private readonly KeyRing foreign = new(2, new Dictionary<int, string> { [2] = Foreign });

    [OneTimeTearDown]
    public void ForgetTheKeys()
    {
        receiver.Dispose();
        old.Dispose();
        foreign.Dispose();
    }

    [Test]
    public void SealedByTheCurrentKey_ItIsBelieved()
    {
        var seen = Examine(Seal(receiver, ControlUrn), "body");

        Assert.That((seen.Type, seen.Fault), Is.EqualTo((ControlUrn, (string?)null)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("1 2 3")]
    [TestCase("x urn:message:X 2:00:AA")]
    [TestCase("99999999999999999 urn:message:X 2:0011223344556677:AA==")]
    public void WithoutASeal_ItIsDropped(string? header) =>
        Assert.That(Examine(header, "body").Fault, Is.EqualTo(MessageSeals.None));

    [Test]
    public void ChangedOnItsWay_ItIsDropped()
    {
        var header = Seal(receiver, ControlUrn);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Examine(header, "another").IsDropped, Is.True, "its bytes");
            Assert.That(Examine(header.Replace(ControlUrn, Sighting), "body").IsDropped, Is.True, "its type");
            Assert.That(
                Examine(
                    $"{long.Parse(header.Split(' ')[0]) + 1}{header[header.IndexOf(' ')..]}",
                    "body"
                ).IsDropped,
                Is.True,
                "its time"
            );
        }
    }

    [Test]
    public void SealedByAKeyThatWasReplaced_ItIsDroppedAndTheCauseSaysSo()
    {
        var seen = Examine(Seal(old, ControlUrn), "body");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.IsDropped, Is.True);
            Assert.That(seen.Fault, Does.Contain("current one (2)").And.Contain("the same keys"));
        }
    }

    [Test]
    public void AWorkerHasAnOldRing_WhatItSaysOfItselfIsBelievedAndProvesItsKeyAlone()
    {
        var seen = Examine(Seal(old, Sighting), "body");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.IsDropped, Is.False);
            Assert.That(seen.Proven, Is.EqualTo(old.Keys.Select(key => key.Fingerprint)));
        }
    }

    [Test]
    public void AWorkerHasForeignKeysOnly_ItIsDropped() =>
        Assert.That(Examine(Seal(foreign, Sighting), "body").IsDropped, Is.True);

    [TestCase(true)]
    [TestCase(false)]
    public void ACommandComesFromACoordinatorWithOtherKeys_ItIsReadToBeRefused(bool replaced)
    {
        var seen = Examine(Seal(replaced ? old : foreign, Command), "body");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.IsDropped, Is.False);
            Assert.That(seen.Fault, Is.Not.Null);
            Assert.That(seen.Proven, Is.Empty);
        }
    }

    [Test]
    public void ItWasKeptAndComesLater_NewsIsDroppedAndAnOrderStands()
    {
        var news = Seal(receiver, News);
        var order = Seal(receiver, ControlUrn);
        var later = new Later();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Examine(news, "body").IsDropped, Is.False);
            Assert.That(new MessageSeals(receiver, later).Examine(news, "body"u8).IsDropped, Is.True);
            Assert.That(new MessageSeals(receiver, later).Examine(order, "body"u8).IsDropped, Is.False);
        }
    }

    private static string Seal(KeyRing ring, string type) =>
        new MessageSeals(ring, TimeProvider.System).Seal(type, "body"u8).ToString();

    private SealExamination Examine(string? header, string body) =>
        new MessageSeals(receiver, TimeProvider.System).Examine(
            header,
            System.Text.Encoding.UTF8.GetBytes(body)
        );

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
