namespace RotationMesh.Hosting;

/// <summary>
/// A variable of one of the programs. It has the name of the option that it stands for: <c>ROTATIONMESH_ENV_FILE</c> is
/// <c>--env-file</c>. Programs read such variables by these definitions alone, so <see cref="All"/> lacks none.
/// </summary>
public sealed class ProgramVariable
{
    /// <summary>How the name of each begins.</summary>
    public const string Prefix = "ROTATIONMESH_";

    // Stands before the definitions, which add themselves.
    private static readonly List<ProgramVariable> Defined = [];

    private readonly string option;

    private ProgramVariable(string option, bool isSecret = false)
    {
        this.option = option;
        IsSecret = isSecret;
        Name = Prefix + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
        Defined.Add(this);
    }

    /// <summary>The rotation map, of every program.</summary>
    public static ProgramVariable Config { get; } = new("--config");

    /// <summary>The dotenv file, of every program.</summary>
    public static ProgramVariable EnvFile { get; } = new("--env-file");

    /// <summary>The coordinator that the command line asks.</summary>
    public static ProgramVariable Server { get; } = new("--server");

    /// <summary>What the command line writes to standard output.</summary>
    public static ProgramVariable Output { get; } = new("--output");

    /// <summary>Token of the command line. There is no such option: others can read the options of a process.</summary>
    public static ProgramVariable Token { get; } = new("--token", isSecret: true);

    /// <summary>File that holds the token.</summary>
    public static ProgramVariable TokenFile { get; } = new("--token-file", isSecret: true);

    /// <summary>Address of RabbitMQ, of the services.</summary>
    public static ProgramVariable RabbitMq { get; } = new("--rabbitmq", isSecret: true);

    /// <summary>File that holds the address of RabbitMQ.</summary>
    public static ProgramVariable RabbitMqFile { get; } = new("--rabbitmq-file", isSecret: true);

    /// <summary>Where a service answers over HTTP.</summary>
    public static ProgramVariable Listen { get; } = new("--listen");

    /// <summary>Tokens that a coordinator accepts.</summary>
    public static ProgramVariable TokensFile { get; } = new("--tokens-file");

    /// <summary>Longest wait of a coordinator for a table or column that is gone.</summary>
    public static ProgramVariable Patience { get; } = new("--patience");

    /// <summary>Partitions that a worker does at a time.</summary>
    public static ProgramVariable Concurrency { get; } = new("--concurrency");

    /// <summary>The variables of all three programs.</summary>
    public static IReadOnlyList<ProgramVariable> All => Defined;

    /// <summary>Such as <c>ROTATIONMESH_CONFIG</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it holds a secret or names its file, so that it may be in the dotenv file too; no other may.</summary>
    public bool IsSecret { get; }

    /// <summary>The value in the environment; null where it is not set or empty.</summary>
    public string? Value => EnvironmentVariables.Get(Name) is { Length: > 0 } value ? value : null;

    /// <summary>
    /// Returns the variable that stands for an option. Throws <see cref="InvalidOperationException"/> where there is none.
    /// </summary>
    public static ProgramVariable Of(string option) =>
        Defined.Find(variable => variable.option == option)
        ?? throw new InvalidOperationException($"no variable stands for the option {option}");

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
