using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using RotationMesh.Bus.Services;
using RotationMesh.Core;
using RotationMesh.Core.Faults;
using RotationMesh.Hosting;
using RotationMesh.Telemetry.Logging;
using RotationMesh.Telemetry.Tracing;

namespace RotationMesh.Service;

/// <summary>
/// Runs a service of the mesh, from its command line to its exit code. Wrong options, map or keys end it with one clear line.
/// While a broker or a database is unreachable, it keeps trying, logs that, and is not ready. SIGTERM and Ctrl-C stop it
/// gracefully. With <c>--print-config</c> it checks and shows its configuration, connects to nothing and ends.
/// </summary>
public sealed class ServiceProgram(string name, string description, string defaultListen)
{
    private readonly ServiceOptions options = new(defaultListen);
    private readonly List<(Option Option, Func<ParseResult, Setting> Setting)> own = [];
    private IReadOnlyList<string> warnings = []; // those that nobody was told yet

    /// <summary>Whether it needs the control database; otherwise it does not read that part of the map.</summary>
    public bool UsesControl { get; init; }

    /// <summary>
    /// Adds an option of the service's own, which is no secret. A <see cref="ProgramVariable"/> stands for it.
    /// </summary>
    public void Add<T>(Option<T> option) => own.Add((option, parsed => OptionSetting.Of(parsed, option)));

    /// <summary>
    /// Runs the service until it is told to stop. <paramref name="compose"/> registers its parts, and <paramref name="map"/>
    /// its HTTP endpoints besides health.
    /// </summary>
    public async Task<int> RunAsync(
        string[] arguments,
        Action<ServiceSite, WebApplicationBuilder> compose,
        Action<ServiceSite, WebApplication>? map = null
    )
    {
        ProcessPrivacy.Enter();
        var root = new RootCommand(description)
        {
            options.Config,
            options.EnvFile,
            options.RabbitMq,
            options.RabbitMqFile,
            options.Listen,
        };
        foreach (var (option, _) in own)
            root.Options.Add(option);
        root.Options.Add(options.PrintConfig);
        root.Options.Add(options.Health);
        root.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(options.Health))
                    return await HealthQuestion.AskAsync(
                        ListenAddress.Parse(parsed.GetValue(options.Listen)!),
                        Console.Out
                    );
                var variables = new Variables(parsed.GetValue(options.EnvFile));
                warnings = variables.Warnings(parsed.GetValue(options.Config)!);
                var site = new ServiceSite(parsed, options, variables, UsesControl);
                if (parsed.GetValue(options.PrintConfig))
                    Print(parsed, site, compose);
                else
                    await ServeAsync(site, compose, map);
                return ExitCodes.Success;
            }
        );
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Fail(ExitCodes.Usage, $"{parsed.Errors[^1].Message.TrimEnd('.')}; see {name} --help");
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null, // the web host handles the signals
                }
            );
        }
        catch (UsageException fault)
        {
            return Fail(fault.Kind.ExitCode(), fault.Message);
        }
        catch (Exception fault)
        {
            // Only these types' messages are known to hold no secret; for others, the type name must do.
            var known = fault is InvalidOperationException or IOException;
            return Fail(
                ExitCodes.Failure,
                $"unexpected failure: {(known ? fault.Message : fault.GetType().Name)}"
            );
        }
    }

    // Composes the service as well, which refuses whatever a start would refuse.
    private void Print(
        ParseResult parsed,
        ServiceSite site,
        Action<ServiceSite, WebApplicationBuilder> compose
    )
    {
        using var ring = site.Ring;
        Build(site, compose);
        warnings = [.. warnings, .. ring.Ambiguities];
        Warn();
        Console.Out.Write(
            SettingsText.Of([
                OptionSetting.Of(parsed, options.Config),
                OptionSetting.Of(parsed, options.EnvFile),
                OptionSetting.Of(parsed, options.Listen),
                .. own.Select(option => option.Setting(parsed)),
                .. site.Settings,
            ])
        );
    }

    private WebApplicationBuilder Build(ServiceSite site, Action<ServiceSite, WebApplicationBuilder> compose)
    {
        var builder = WebApplication.CreateSlimBuilder(
            // Otherwise it watches all files below the working directory: with a database there, a twentieth of two processors.
            new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] }
        );
        // Options and map configure a service, not the framework's variables and files.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(ServiceTelemetry.Settings);
        builder.Logging.AddServiceLog(name);
        builder.Services.AddServiceTelemetry(
            name,
            tracing =>
                tracing.AddAspNetCoreInstrumentation(requests =>
                    requests.Filter = context => !context.Request.Path.StartsWithSegments("/health")
                )
        );
        builder.WebHost.UseUrls(site.Listen.GetLeftPart(UriPartial.Authority));
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimes.Host);
        compose(site, builder);
        builder
            .Services.AddHealthChecks()
            .AddCheck<BrokerCheck>("rabbitmq", HealthStatus.Unhealthy, [Health.Ready, Health.Reason]);
        return builder;
    }

    private async Task ServeAsync(
        ServiceSite site,
        Action<ServiceSite, WebApplicationBuilder> compose,
        Action<ServiceSite, WebApplication>? map
    )
    {
        var app = Build(site, compose).Build();
        try
        {
            foreach (var warning in warnings)
                ProgramLog.VariableIsUnknown(app.Logger, warning);
            warnings = [];
            foreach (var ambiguity in site.Ring.Ambiguities)
                ProgramLog.KeyIsAmbiguous(app.Logger, ambiguity);
            app.MapHealth();
            map?.Invoke(site, app);
            await ServiceRun.UntilStoppedAsync(app, site.Listen);
            if (app.Services.GetService<MeshStart>()?.Failure is { } failure)
                throw failure;
        }
        finally
        {
            // A limit, so that a stopped service never needs to be killed; nothing can be lost any more.
            await Task.WhenAny(app.DisposeAsync().AsTask(), Task.Delay(StopTimes.Disposal));
        }
    }

    private int Fail(int exitCode, string message)
    {
        Warn();
        Tell(message);
        return exitCode;
    }

    private void Warn()
    {
        foreach (var warning in warnings)
            Tell($"warning: {warning}");
        warnings = [];
    }

    private void Tell(string message)
    {
        foreach (
            var line in message.Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
            Console.Error.WriteLine($"{name}: {line}");
    }
}
