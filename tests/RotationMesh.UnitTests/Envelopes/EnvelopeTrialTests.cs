using System.Security.Cryptography;
using CsCheck;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Envelopes;

/// <summary>The quick trial agrees with AES-GCM itself: what it says of a key, the cipher says.</summary>
public sealed class EnvelopeTrialTests
{
    private static readonly KeyRing Ring = new(
        1,
        new Dictionary<int, string> { [1] = "11cbb2cc7e9d4b0a9f6d4c0e2ab8f7d311cbb2cc" }
    );

    private static MasterKey Key => Ring.TryGet(1, out var key) ? key : throw new InvalidOperationException();

    [Test]
    public void An_envelope_of_any_length_is_opened_by_its_own_tenant_s_key_alone()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}:{context}");
        byte[][] envelopes = [.. Enumerable.Range(1, 700).Select(length => Seal(format, length))];
        using var trial = new EnvelopeTrial(envelopes);

        var own = Opened(format, trial, envelopes.Length, "acme");
        var other = Opened(format, trial, envelopes.Length, "globex");
        var again = Opened(format, trial, envelopes.Length, "acme");

        Assert.That(own, Is.All.True);
        Assert.That(other, Is.All.False);
        Assert.That(again, Is.All.True);
    }

    [Test]
    public void A_bit_that_was_changed_anywhere_is_noticed() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, int.MaxValue])
            .Sample(
                (length, place) =>
                {
                    using var format = new HkdfAes256Gcm("salt", "{tenant}:{context}");
                    var whole = Seal(format, length);
                    var broken = whole.ToArray();
                    broken[place / 8 % broken.Length] ^= (byte)(1 << (place % 8));
                    using var trial = new EnvelopeTrial([whole, broken]);
                    return Opened(format, trial, 2, "acme") is [true, false];
                },
                iter: 500
            );

    [Test]
    public void One_that_is_too_long_to_be_tried_may_be_opened_by_any_key()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}:{context}");
        using var trial = new EnvelopeTrial([Seal(format, EnvelopeTrial.Longest), Seal(format, 1)]);

        Assert.That(Opened(format, trial, 2, "globex"), Is.EqualTo(new[] { true, false }));
    }

    private static bool[] Opened(HkdfAes256Gcm format, EnvelopeTrial trial, int count, string tenant)
    {
        format.Take(trial, Key, tenant, "context");
        return [.. Enumerable.Range(0, count).Select(trial.MayOpen)];
    }

    private static byte[] Seal(HkdfAes256Gcm format, int length)
    {
        using var cipher = format.CreateCipher(Key, "acme", "context");
        var envelope = new byte[length + EnvelopeCipher.OverheadBytes];
        cipher.Seal(RandomNumberGenerator.GetBytes(length), RandomNumberGenerator.GetBytes(12), envelope);
        return envelope;
    }
}
