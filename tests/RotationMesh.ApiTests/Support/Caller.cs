using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace RotationMesh.ApiTests.Support;

/// <summary>Whoever asks the interface by hand, as with curl.</summary>
internal sealed class Caller : IDisposable
{
    public const string SomeOrder = """{ "rows": { "only": ["connectors"] } }""";

    private readonly HttpClient http;

    public Caller(Uri server, string? token = null)
    {
        http = new HttpClient { BaseAddress = server };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    public Task<Answer> PostAsync(
        string path,
        string body,
        string type = "application/json",
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)),
            },
            headers
        );

    public async Task<Answer> SendAsync(
        HttpRequestMessage request,
        params (string Name, string Value)[] headers
    )
    {
        using (request)
        {
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await http.SendAsync(request);
            return new Answer(
                (int)response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                await response.Content.ReadAsStringAsync()
            )
            {
                RetryAfter = response.Headers.RetryAfter?.ToString(),
            };
        }
    }

    public void Dispose() => http.Dispose();
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, string? Type, string Text)
{
    public string? RetryAfter { get; init; }

    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>
    /// As <see cref="IsProblem"/>, also for a fault that came late on a busy machine: the answer is then a stream that has
    /// begun, and ends with the fault as an event.
    /// </summary>
    public string EndsInProblem(int status)
    {
        const string Mark = "event: error\ndata: ";
        if (Type != "text/event-stream")
            return IsProblem(status);
        var at = Text.LastIndexOf(Mark, StringComparison.Ordinal);
        Assert.That(at, Is.Not.Negative, Text);
        var fault = JsonNode.Parse(Text[(at + Mark.Length)..].Trim())!;
        Assert.That((int)fault["status"]!, Is.EqualTo(status));
        return (string)fault["title"]!;
    }

    /// <summary>Fails the test unless it is problem details of a status that show nothing of the inside; returns the title.</summary>
    public string IsProblem(int status)
    {
        Assert.That(Status, Is.EqualTo(status), Text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Type, Is.EqualTo("application/problem+json"));
            Assert.That((int)Json["status"]!, Is.EqualTo(status));
            Assert.That((string?)Json["title"], Is.Not.Empty);
            Assert.That(
                Text,
                Does.Not.Match(@"\n|   at |Exception|RotationMesh\.|Npgsql|Microsoft\.|System\.|\.cs\b")
            );
        }

        return (string)Json["title"]!;
    }
}
