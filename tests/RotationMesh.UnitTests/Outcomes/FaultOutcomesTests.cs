using System.Net;
using System.Text.Json;
using Npgsql;
using RotationMesh.Api.Answers;
using RotationMesh.Api.Limits;
using RotationMesh.Client;
using RotationMesh.Core;
using RotationMesh.Core.Faults;
using RotationMesh.Core.Gates;
using RotationMesh.Operations.Http;

namespace RotationMesh.UnitTests.Outcomes;

/// <summary>A fault of a coordinator ends a verb that asks it as it ends a verb that runs by itself.</summary>
public sealed class FaultOutcomesTests
{
    private static readonly Uri Server = new("http://127.0.0.1:9");

    private static readonly (FaultKind Kind, Exception Fault)[] Answered =
    [
        (FaultKind.Usage, new UsageException("x")),
        (FaultKind.UnknownRotation, new UnknownRotationException("x")),
        (FaultKind.RotationState, new RotationStateException("x")),
        (FaultKind.GateClosed, new GateClosedException("x")),
        (FaultKind.RecordsMissing, new RecordsMissingException("x")),
        (
            FaultKind.Database,
            new PostgresException("x", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow)
        ),
        (FaultKind.Busy, new BusyException("x")),
    ];

    private static readonly (FaultKind Kind, Exception Fault)[] NeverAnswered =
    [
        (FaultKind.Unreachable, new CoordinatorUnreachableException("x")),
        (FaultKind.Interrupted, new RotationTakenOverException(Guid.Empty)),
        (FaultKind.Unexpected, new InvalidOperationException("x")),
    ];

    [Test]
    public void Every_kind_is_tried() =>
        Assert.That(
            Answered.Concat(NeverAnswered).Select(one => one.Kind),
            Is.EquivalentTo(Enum.GetValues<FaultKind>())
        );

    [TestCaseSource(nameof(AnsweredKinds))]
    public void Its_exit_code_is_the_same_over_HTTP(FaultKind kind)
    {
        var fault = Answered.Single(one => one.Kind == kind).Fault;
        var problem = FaultProblems.OfCaller(fault)!;
        var arrived = Refusal.Read(Server, Event(problem.Status, problem.Title, problem.Detail));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((HttpStatusCode?)problem.Status, Is.EqualTo(kind.Status()));
            Assert.That(((IFault)arrived).Kind.ExitCode(), Is.EqualTo(kind.ExitCode()));
            Assert.That(arrived.Message, Does.Contain(problem.Title));
        }
    }

    [TestCaseSource(nameof(AnsweredKinds))]
    public void It_arrives_as_what_it_was(FaultKind kind)
    {
        var arrived = (IFault)Refusal.Read(Server, Event((int?)kind.Status(), "x", null));

        Assert.That(
            arrived.Kind,
            Is.EqualTo(
                kind switch
                {
                    FaultKind.RotationState => FaultKind.Usage, // its status is for other clients
                    FaultKind.Busy => FaultKind.Unreachable, // ask again, in both cases
                    _ => kind,
                }
            )
        );
    }

    [Test]
    public void A_status_means_one_kind() =>
        Assert.That(
            Enum.GetValues<FaultKind>().Where(kind => kind.Status() is not null),
            Has.All.Matches<FaultKind>(kind => FaultOutcomes.KindOf(kind.Status()!.Value) == kind)
        );

    [Test]
    public void What_is_no_answer_belongs_in_the_log() =>
        Assert.That(NeverAnswered.Select(one => FaultProblems.OfCaller(one.Fault)), Has.All.Null);

    [Test]
    public void A_fault_of_the_coordinator_is_unexpected_here_too()
    {
        var arrived = Refusal.Read(Server, Event((int?)FaultKind.Unexpected.Status(), "x", null));

        Assert.That(arrived, Is.TypeOf<InvalidOperationException>());
    }

    // Scripts rely on these.
    [TestCase(FaultKind.Usage, 2, 400)]
    [TestCase(FaultKind.UnknownRotation, 2, 404)]
    [TestCase(FaultKind.RotationState, 2, 409)]
    [TestCase(FaultKind.GateClosed, 4, 423)]
    [TestCase(FaultKind.RecordsMissing, 3, 410)]
    [TestCase(FaultKind.Database, 1, 503)]
    [TestCase(FaultKind.Busy, 6, 429)]
    [TestCase(FaultKind.Unreachable, 6, null)]
    [TestCase(FaultKind.Interrupted, 5, null)]
    [TestCase(FaultKind.Unexpected, 1, 500)]
    public void The_codes_stay(FaultKind kind, int exitCode, int? status) =>
        Assert.That((kind.ExitCode(), (int?)kind.Status()), Is.EqualTo((exitCode, status)));

    private static IEnumerable<FaultKind> AnsweredKinds() => Answered.Select(one => one.Kind);

    private static StreamedEvent Event(int? status, string? title, string? detail) =>
        new(
            ApiEvents.Error,
            JsonSerializer.Serialize(
                new
                {
                    status,
                    title,
                    detail,
                },
                ApiJson.Documents
            )
        );
}
