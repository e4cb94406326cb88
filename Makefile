.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help build run run-mesh test test-unit test-containers bench package images chart format format-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything; leaves artifacts/rotationmesh, -coordinator and -worker
	dotnet build RotationMesh.sln --configuration Release
	infra/publish.sh --restore RotationMesh.Cli RotationMesh.Coordinator RotationMesh.Worker
	infra/publish.sh RotationMesh.Cli rotationmesh
	infra/publish.sh RotationMesh.Coordinator rotationmesh-coordinator
	infra/publish.sh RotationMesh.Worker rotationmesh-worker

run: build ## load a sample database into a private PostgreSQL and rotate it
	infra/demo.sh

run-mesh: build ## a coordinator, three workers and a rotation of the sample over RabbitMQ
	infra/demo-mesh.sh

test: build ## all tests, against real servers
	infra/services.sh install postgres rabbitmq redis s3
	tests/run.sh

test-unit: ## the tests that need no server
	dotnet test tests/RotationMesh.UnitTests --configuration Release

test-containers: build ## images, compose/ and test servers in containers: starts a private Docker engine where none answers
	tests/containers.sh

bench: build ## speed and memory, each against its ceiling: BENCH="throughput --rows 100000" for one of them
	tests/bench.sh $(BENCH)

package: ## a .NET tool, single files and a Debian package, in artifacts/packages; each is installed and run once
	infra/packages/package.sh
	infra/packages/check.sh

images: ## images of the three programs, labelled with commit and version: REGISTRY=registry.example.com/platform
	infra/images/build.sh

chart: ## render the Helm chart with each file of values of its ci folder
	infra/helm/install.sh
	infra/helm/check.sh

format: ## format the sources
	dotnet tool restore
	dotnet csharpier format .

format-check: ## fail if a source is not formatted
	dotnet tool restore
	dotnet csharpier check .

clean: ## stop the private servers and remove everything that was built
	infra/services.sh stop
	rm -rf artifacts .run
	find src tests -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} +
