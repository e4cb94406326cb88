using System.Runtime.InteropServices;
using CsCheck;
using RotationMesh.Tables.Rows;

namespace RotationMesh.UnitTests.Rows;

public sealed class ByteSlabTests
{
    [Test]
    public void Slices_have_their_length_and_never_overlap() =>
        Gen.OneOf(Gen.Int[0, 100], Gen.Int[0, 400_000])
            .List[1, 60]
            .Sample(
                lengths =>
                {
                    var slab = new ByteSlab();
                    slab.Take(lengths.Count * 100);
                    slab.Reset();
                    var slices = lengths.Select(length => slab.Take(length)).ToList();
                    for (var i = 0; i < slices.Count; i++)
                        slices[i].Span.Fill((byte)i);
                    return slab.Length == lengths.Sum(length => (long)length)
                        && slices.Select((slice, i) => Whole(slice, (byte)i)).All(whole => whole)
                        && slices.Zip(lengths).All(pair => pair.First.Length == pair.Second);
                },
                iter: 100
            );

    [Test]
    public void What_is_given_back_is_handed_out_again()
    {
        var slab = new ByteSlab();
        var first = slab.Take(100);

        slab.GiveBack(60);
        var second = slab.Take(60);
        second.Span.Fill(7);

        Assert.That(slab.Length, Is.EqualTo(100));
        Assert.That(Whole(first[40..], 7));
    }

    [Test]
    public void The_largest_chunk_of_an_unusual_size_serves_the_next_batch_too()
    {
        var slab = new ByteSlab();
        slab.Take(10);
        slab.Take(1_000_000);
        var largest = Chunk(slab.Take(2_000_000));

        slab.Reset();

        Assert.That(Chunk(slab.Take(2_000_000)), Is.SameAs(largest));
    }

    private static byte[]? Chunk(Memory<byte> slice)
    {
        MemoryMarshal.TryGetArray<byte>(slice, out var chunk);
        return chunk.Array;
    }

    private static bool Whole(Memory<byte> slice, byte value) => !slice.Span.ContainsAnyExcept(value);
}
