using System.Text;

namespace RotationMesh.Sample;

/// <summary>
/// Phrases in several scripts, made once as UTF-8. The text of an entry is a sequence of them: it takes only copying, which
/// leaves the processors to the database.
/// </summary>
internal sealed class Corpus
{
    /// <summary>Largest text in bytes: four a character.</summary>
    public const int MaxTextBytes = MaxCharacters * 4;

    private const int MinCharacters = 50;
    private const int MaxCharacters = 1_500;
    private const int PhraseCount = 2_048;

    private readonly byte[] text;
    private readonly Phrase[] phrases = new Phrase[PhraseCount];

    /// <summary>Makes the phrases of a seed.</summary>
    public Corpus(int seed)
    {
        var made = new List<byte>();
        for (var index = 0; index < PhraseCount; index++)
        {
            var phrase = Encoding.UTF8.GetBytes(MakePhrase(new Draw(seed, Draw.Stream.Phrase, index)));
            phrases[index] = new Phrase(made.Count, phrase.Length, CountCharacters(phrase));
            made.AddRange(phrase);
        }

        text = [.. made];
    }

    /// <summary>Writes the text of an entry and returns its length in bytes and in characters (code points).</summary>
    public (int Bytes, int Characters) Write(ref Draw draw, Span<byte> destination)
    {
        var wanted = DrawLength(ref draw);
        var (bytes, characters) = (0, 0);
        while (true)
        {
            var phrase = phrases[draw.Next() % PhraseCount];
            ReadOnlySpan<byte> utf8 = text.AsSpan(phrase.Start, phrase.Bytes);
            if (characters + phrase.Characters >= wanted)
            {
                utf8 = FirstCharacters(utf8, wanted - characters);
                utf8.CopyTo(destination[bytes..]);
                return (bytes + utf8.Length, wanted);
            }

            utf8.CopyTo(destination[bytes..]);
            bytes += phrase.Bytes;
            characters += phrase.Characters;
        }
    }

    // The least of three random numbers: most texts are short, few come near the limit, and the mean is a quarter of it.
    private static int DrawLength(ref Draw draw)
    {
        const int bits = 21;
        const ulong mask = (1UL << bits) - 1;
        var three = draw.Next();
        var least = Math.Min(three & mask, Math.Min((three >> bits) & mask, (three >> (2 * bits)) & mask));
        return MinCharacters + (int)((least * (MaxCharacters - MinCharacters + 1)) >> bits);
    }

    private static string MakePhrase(Draw draw)
    {
        var ticket = draw.Below(Vocabulary.Scripts.Sum(script => script.Share));
        var script = Vocabulary.Scripts.First(candidate => (ticket -= candidate.Share) < 0);
        var words = new string[4 + draw.Below(5)];
        for (var index = 0; index < words.Length; index++)
            words[index] = script.Words[draw.Below(script.Words.Length)];
        return string.Join(script.Separator, words) + script.End;
    }

    private static ReadOnlySpan<byte> FirstCharacters(ReadOnlySpan<byte> utf8, int count)
    {
        var end = 0;
        for (; end < utf8.Length; end++)
        {
            if (IsFirstByte(utf8[end]) && count-- == 0)
                break;
        }

        return utf8[..end];
    }

    private static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var octet in utf8)
            count += IsFirstByte(octet) ? 1 : 0;
        return count;
    }

    private static bool IsFirstByte(byte octet) => (octet & 0xC0) != 0x80;

    private readonly record struct Phrase(int Start, int Bytes, int Characters);
}
