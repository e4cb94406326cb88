namespace RotationMesh.ApiTests.Faults;

public sealed class WhenAnOrderIsOutOfBounds : OpenServer
{
    private static readonly string[] Paths = ["/v1/rotations", "/v1/dry-run", "/v1/verification"];

    [Test]
    public async Task The_number_of_workers_is_refused_before_anything_begins(
        [ValueSource(nameof(Paths))] string path,
        [Values(0, -1, 257, 2_000_000_000)] int workers
    ) =>
        Assert.That(
            (await Caller.PostAsync(path, $$"""{ "workers": {{workers}} }""")).IsProblem(400),
            Is.EqualTo($"workers is {workers}: it must be 1 to 256")
        );

    [TestCase("/v1/census", """{ "tenants": ["a\u0000b"] }""", "tenants")]
    [TestCase("/v1/census", """{ "only": ["a\u0000b"] }""", "only")]
    [TestCase("/v1/rotations", """{ "rows": { "tenants": ["a\u0000b"] } }""", "tenants")]
    [TestCase("/v1/rotations", """{ "commandLine": "a\u0000b" }""", "commandLine")]
    [TestCase("/v1/rotations", """{ "traceParent": "a\u0000b" }""", "traceParent")]
    [TestCase("/v1/rotations", """{ "requestedBy": "a\u0000b" }""", "requestedBy")]
    [TestCase("/v1/rotations", """{ "ignoredGates": [null] }""", "ignoredGates")]
    [TestCase("/v1/rotations", """{ "ignoredGates": [{ "gate": "g", "reason": "a\u0000b" }] }""", "reason")]
    [TestCase("/v1/rotations", """{ "ignoredGates": [{ "reason": "because" }] }""", "ignoredGates")]
    [TestCase("/v1/dry-run", """{ "rows": { "tenants": ["a\u0000b"] } }""", "tenants")]
    [TestCase("/v1/verification", """{ "rows": { "tenants": ["a\u0000b"] } }""", "tenants")]
    [TestCase("/v1/keys/retirement", """{ "version": 1, "commandLine": "a\u0000b" }""", "commandLine")]
    [TestCase("/v1/keys/retirement", """{ "version": 1, "skipScanReason": "a\u0000b" }""", "skipScanReason")]
    [TestCase("/v1/keys/retirement", """{ "version": 1, "skippedScans": [null] }""", "skippedScans")]
    [TestCase(
        "/v1/keys/retirement",
        """{ "version": 1, "skippedScans": [{ "place": "a.b.c", "reason": "a\u0000b" }] }""",
        "skippedScans.reason"
    )]
    [TestCase(
        "/v1/rotations/latest/steering",
        """{ "steering": "Retry", "tenants": ["a\u0000b"] }""",
        "tenants"
    )]
    [TestCase("/v1/rotations/latest/steering", """{ "steering": "Retry", "errors": [null] }""", "errors")]
    public async Task Text_that_no_database_can_hold_is_refused_by_the_name_of_its_field(
        string path,
        string body,
        string field
    ) => Assert.That((await Caller.PostAsync(path, body)).IsProblem(400), Does.Contain(field));

    [TestCase("/v1/dry-run", """{ "batchSize": 0 }""", "batch size")]
    [TestCase("/v1/dry-run", """{ "targetVersion": 9 }""", "no key of version 9")]
    [TestCase("/v1/dry-run", """{ "rows": { "only": ["conectors"] } }""", "connectors")]
    [TestCase("/v1/verification", """{ "share": 2 }""", "share")]
    [TestCase("/v1/verification", """{ "rows": { "only": ["conectors"] } }""", "connectors")]
    [TestCase("/v1/keys/retirement", """{ "version": -7 }""", "-7")]
    [TestCase("/v1/keys/retirement", """{ "version": 1, "skipScanReason": " " }""", "the scan is skipped")]
    [TestCase(
        "/v1/keys/retirement",
        """{ "version": 1, "skippedScans": [{ "place": "a.b.c", "reason": " " }] }""",
        "a.b.c is not scanned"
    )]
    [TestCase(
        "/v1/keys/retirement",
        """{ "version": 1, "skippedScans": [{ "place": "", "reason": "because" }] }""",
        "DATABASE.SCHEMA.TABLE"
    )]
    public async Task What_would_be_a_stream_is_a_problem_where_it_can_t_begin(
        string path,
        string body,
        string message
    ) => Assert.That((await Caller.PostAsync(path, body)).IsProblem(400), Does.Contain(message));

    [TestCase("/v1/audit/verification?expect=%00")]
    [TestCase("/v1/audit/verification?expect=a%00b")]
    public async Task So_is_a_query(string path) => (await Caller.GetAsync(path)).IsProblem(400);
}
