using System.Text.Json;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Http;

/// <summary>Compares an endpoint's answer with what the map expects.</summary>
public static class HttpCheck
{
    /// <summary>
    /// Returns what is wrong with the answer, in one sentence without secrets; null where it is as expected.
    /// </summary>
    public static async Task<string?> FindFaultAsync(
        HttpExpectation expectation,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(expectation);
        var url = expectation.Url.Value;
        (string, string)? header = expectation.Header is { } given ? (given.Name, given.Value.Value) : null;
        try
        {
            var answer = await HttpAnswer.AskAsync(
                url,
                header,
                expectation.Timeout,
                keepBody: expectation.JsonPointer is not null,
                cancellationToken
            );
            return FindFault(answer, expectation) is { } fault ? $"{HttpAnswer.Place(url)} {fault}" : null;
        }
        catch (GateUnreadableException e)
        {
            return e.Message;
        }
    }

    // The content of the answer is not shown, because it is the application's data.
    private static string? FindFault(HttpAnswer answer, HttpExpectation expectation)
    {
        if ((int)answer.Status != expectation.Status)
            return $"answered with status {(int)answer.Status}, not {expectation.Status}";
        if (expectation.JsonPointer is not { } pointer)
            return null;
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return JsonPointer.Find(document.RootElement, pointer) is not { } found
                    ? $"answered without a value at {pointer}"
                : Text(found) == expectation.Value ? null
                : $"answered with another value at {pointer} than the map asks for";
        }
        catch (JsonException)
        {
            return "answered with something that is not JSON";
        }
    }

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
