using CsCheck;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.UnitTests.Ledger;

/// <summary>What is left of a range without another one, page by page and tenant by tenant.</summary>
[TestFixture]
internal sealed class RangesWithoutOthersTests
{
    private const uint Pages = 6;
    private static readonly string[] Tenants = ["a", "b", "c"];

    private static readonly Gen<PageRange?> AnyPages = Gen.OneOf(
        Gen.Const(() => (PageRange?)null),
        Gen.Select(Gen.UInt[0, Pages - 1], Gen.UInt[1, Pages])
            .Select((from, length) => (PageRange?)new PageRange(from, Math.Min(Pages, from + length)))
    );

    private static readonly Gen<IReadOnlyList<string>> SomeTenants = Gen.Int[1, 7]
        .Select(bits => (IReadOnlyList<string>)[.. Tenants.Where((_, at) => (bits & (1 << at)) != 0)]);

    [Test]
    public void They_hold_each_row_of_the_first_that_is_not_in_the_other_once_and_no_other_row() =>
        Gen.Select(
                AnyPages,
                SomeTenants,
                AnyPages,
                Gen.OneOf(Gen.Const(() => (IReadOnlyList<string>)null!), SomeTenants)
            )
            .Sample(
                (pages, tenants, otherPages, otherTenants) =>
                {
                    var range = Range(pages, tenants);
                    var other = Range(otherPages, otherTenants);
                    var left = range.Without(other);
                    return Cells(range)
                        .Except(Cells(other))
                        .Order()
                        .SequenceEqual(left.SelectMany(Cells).Order());
                }
            );

    [Test]
    public void Pages_of_all_tenants_are_cut_out_of_pages_of_all_tenants()
    {
        var left = Range(new PageRange(0, 6), null).Without(Range(new PageRange(2, 3), null));

        Assert.That(
            left.Select(part => (part.Pages, part.Tenants)),
            Is.EqualTo(
                new (PageRange?, IReadOnlyList<string>?)[]
                {
                    (new PageRange(0, 2), null),
                    (new PageRange(3, 6), null),
                }
            )
        );
    }

    [Test]
    public void All_tenants_stay_whole_where_the_other_has_some_tenants()
    {
        var range = Range(new PageRange(0, 6), null);

        Assert.That(range.Without(Range(null, ["a"])), Is.EqualTo(new[] { range }));
    }

    [Test]
    public void Another_leaf_takes_nothing_away()
    {
        var range = Range(null, ["a"]);

        Assert.That(
            range.Without(range with { Leaf = SqlName.Parse("public.other") }),
            Is.EqualTo(new[] { range })
        );
    }

    private static IEnumerable<(uint Page, string Tenant)> Cells(PartitionRange range) =>
        from page in Enumerable.Range(0, (int)Pages).Select(page => (uint)page)
        where range.Pages is not { } pages || (page >= pages.From && page < pages.To)
        from tenant in range.Tenants ?? Tenants
        select (page, tenant);

    private static PartitionRange Range(PageRange? pages, IReadOnlyList<string>? tenants) =>
        new()
        {
            Scope = "knowledge",
            Database = "main",
            Table = "entries",
            Leaf = SqlName.Parse("public.entries"),
            Pages = pages,
            Tenants = tenants,
            ExpectedRows = 100,
        };
}
