using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// Passes the parser's events on to the document model. It refuses, at the right line and without quoting the file, what
/// the model reports badly (repeated keys, aliases without an anchor) or crashes on (endless nesting).
/// </summary>
internal sealed class WatchedEvents(IParser parser, MapSource source) : IParser
{
    // A map needs nine levels. The document model recurses, so thousands of levels would overflow the stack.
    private const int DeepestNesting = 64;

    private readonly Stack<Collection> open = [];
    private readonly HashSet<AnchorName> anchors = [];

    /// <inheritdoc/>
    public ParsingEvent? Current => parser.Current;

    /// <summary>The line that was read last, for faults without a line.</summary>
    public long Line => parser.Current?.End.Line ?? 1;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!parser.MoveNext())
            return false;
        if (parser.Current is MappingEnd or SequenceEnd)
            anchors.Add(open.Pop().Anchor);
        else if (parser.Current is NodeEvent or AnchorAlias)
            Watch(parser.Current);
        return true;
    }

    private void Watch(ParsingEvent node)
    {
        if (open.TryPeek(out var parent) && parent.RepeatsKey(node) is { } key)
            throw source.Fault(
                node.Start.Line,
                $"the key {Quotation.Of(key)} stands twice in one mapping: remove one of the two"
            );
        switch (node)
        {
            case AnchorAlias alias when !anchors.Contains(alias.Value):
                throw source.Fault(
                    node.Start.Line,
                    "an alias (*name) has no anchor (&name) that ends before it"
                );
            case MappingStart or SequenceStart when open.Count == DeepestNesting:
                throw source.Fault(node.Start.Line, "the map is nested too deep");
            case MappingStart or SequenceStart:
                open.Push(new Collection(((NodeEvent)node).Anchor, IsMapping: node is MappingStart));
                break;
            case Scalar scalar:
                anchors.Add(scalar.Anchor);
                break;
        }
    }

    /// <summary>A mapping or list that has begun and not ended; its anchor can't be used before it ends.</summary>
    private sealed record Collection(AnchorName Anchor, bool IsMapping)
    {
        private readonly HashSet<string> keys = new(StringComparer.Ordinal);
        private bool keyIsNext = true;

        /// <summary>
        /// Takes the next direct child node. Returns its key where an earlier key of this mapping is the same; else null.
        /// </summary>
        public string? RepeatsKey(ParsingEvent node)
        {
            var isKey = IsMapping && keyIsNext;
            keyIsNext = !keyIsNext;
            return isKey && node is Scalar { Value: var key } && !keys.Add(key) ? key : null;
        }
    }
}
