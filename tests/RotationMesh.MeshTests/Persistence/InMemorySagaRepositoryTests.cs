using MassTransit;
using NUnit.Framework;
using RotationMesh.MeshTests.Counting;

namespace RotationMesh.MeshTests.Persistence;

/// <summary>MassTransit's own repository keeps the contract, so the contract asks for nothing of ours alone.</summary>
[TestFixture]
public sealed class InMemorySagaRepositoryTests : SagaRepositoryContract
{
    protected override void Repository(ISagaRegistrationConfigurator<CountingState> saga) =>
        saga.InMemoryRepository();
}
