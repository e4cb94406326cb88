using RotationMesh.LocalOperations.Retiring.Reach;
using RotationMesh.Tables;

namespace RotationMesh.UnitTests.LocalOperations;

/// <summary>A map with databases a and b: in which of them a record of an earlier map is looked for.</summary>
public sealed class RecordedPlacesTests
{
    private const string One = "0123456789abcdef/5";
    private const string Two = "fedcba9876543210/5";
    private const string Untold = "/5";

    [TestCase(One, "b", One, Two, "a", Description = "the identity is certain, whatever the name")]
    [TestCase(One, "b", Untold, One, "b", Description = "one that is certain comes before the other")]
    [TestCase(One, "b", One, One, "b", Description = "two names lead to it")]
    [TestCase(One, "c", One, One, "a", Description = "two names lead to it, and another map had a third")]
    [TestCase(Untold, "b", Untold, Untold, "b", Description = "both may be it, and one has its name")]
    [TestCase(One, "b", Untold, Untold, "b", Description = "the same")]
    [TestCase(Untold, "b", One, Two, "b", Description = "the same")]
    [TestCase(Untold, "c", Untold, Untold, "a b", Description = "both may be it, under another name")]
    [TestCase(Untold, "", Untold, Untold, "a b", Description = "both may be it, and no name was recorded")]
    [TestCase(One, "b", Untold, Two, "a b", Description = "one may be it, or it was moved")]
    [TestCase(One, "a", Two, Two, "a", Description = "it was moved into another server")]
    [TestCase("", "a", One, Two, "a", Description = "no identity was recorded")]
    [TestCase(One, "c", Two, Two, "", Description = "the map leaves it out")]
    public void It_is_looked_for_where_it_may_be(
        string identity,
        string name,
        string a,
        string b,
        string expected
    ) =>
        Assert.That(
            string.Join(
                ' ',
                RecordedPlaces.Find(
                    identity,
                    name,
                    [("a", DatabaseIdentity.Parse(a)!), ("b", DatabaseIdentity.Parse(b)!)]
                )
            ),
            Is.EqualTo(expected)
        );
}
