using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>Fragments of what must never be shown.</summary>
internal sealed class Secrets
{
    /// <summary>Characters of the shortest fragment that counts.</summary>
    private const int FragmentLength = 12;

    private readonly Dictionary<string, string> fragments = [];

    /// <summary>Adds every fragment of a secret; <paramref name="kind"/> is shown where one is found, and not itself.</summary>
    public void Add(string kind, string secret)
    {
        for (var start = 0; start + FragmentLength <= secret.Length; start++)
            fragments.TryAdd(secret.Substring(start, FragmentLength), kind);
    }

    /// <summary>Adds every stored value of the sample, and every plaintext that the keys of the tests open.</summary>
    public async Task AddAsync(TestDatabase database)
    {
        foreach (var value in await database.StoredAsync())
            Add("envelope", value.Stored);
        foreach (var version in MasterKeys.Values.Keys)
        {
            foreach (var plaintext in (await database.OpenAsync(version)).Values)
                Add("plaintext", plaintext);
        }
    }

    /// <summary>The kinds of secrets that a text shows, each with the number of fragments.</summary>
    public IReadOnlyList<string> In(string text)
    {
        var found = new Dictionary<string, int>();
        for (var start = 0; start + FragmentLength <= text.Length; start++)
        {
            if (fragments.TryGetValue(text.Substring(start, FragmentLength), out var kind))
                found[kind] = found.GetValueOrDefault(kind) + 1;
        }

        return [.. found.Select(kind => $"{kind.Value} fragments of {kind.Key}")];
    }
}
