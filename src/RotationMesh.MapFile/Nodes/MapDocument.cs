using System.Security;
using System.Text;
using RotationMesh.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RotationMesh.MapFile.Nodes;

/// <summary>The one YAML document of a map file.</summary>
internal static class MapDocument
{
    private static readonly UTF8Encoding Utf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// Reads the document's root. Throws <see cref="UsageException"/> where the file can't be read or is not one YAML
    /// document. Messages of the parser or the system are left out, as they may quote the file.
    /// </summary>
    public static MapNode Root(MapSource source)
    {
        var documents = Parse(source, Content(source));
        if (documents.Count > 1)
            throw source.Fault(
                documents[1].RootNode.Start.Line,
                "a second YAML document begins: a map is one document"
            );
        if (documents is not [{ RootNode: not YamlScalarNode { Value: null or "" } } document])
            throw source.Fault(1, "the file is empty: a map has at least databases, formats and scopes");
        return new MapNode(source, "", checked((int)document.RootNode.Start.Line), document.RootNode);
    }

    private static string Content(MapSource source)
    {
        try
        {
            return File.ReadAllText(source.Path, Utf8);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw source.Fault(1, "there is no such file: name the rotation map with --config");
        }
        catch (DecoderFallbackException)
        {
            throw source.Fault(1, "the file is not UTF-8 text");
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or SecurityException or ArgumentException)
        {
            throw source.Fault(1, "the file cannot be read: check that it is a file and its permissions");
        }
    }

    private static IList<YamlDocument> Parse(MapSource source, string content)
    {
        var events = new WatchedEvents(new Parser(new StringReader(content)), source);
        var stream = new YamlStream();
        try
        {
            stream.Load(events);
            return stream.Documents;
        }
        catch (YamlException e)
        {
            throw NotYaml(source, e.Start.Line);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The library throws these for a bracket that is never closed, and for a key without a value at some ends of a file.
            throw NotYaml(source, events.Line);
        }
    }

    private static UsageException NotYaml(MapSource source, long line) =>
        source.Fault(
            line,
            "not valid YAML: check indentation (spaces, no tabs), quotes, brackets and the space after each colon"
        );
}
