using Mono.Cecil;
using Mono.Cecil.Cil;

namespace RotationMesh.UnitTests.Architecture;

/// <summary>Which namespace of an assembly uses types of which other, as its compiled code says; folders are namespaces.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> arrows = [];
    private readonly ModuleDefinition module;

    private FolderGraph(ModuleDefinition module) => this.module = module;

    /// <summary>Reads an assembly. An arrow is kept with one type that makes it.</summary>
    public static FolderGraph Read(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        var graph = new FolderGraph(module);
        foreach (var type in module.GetTypes())
        foreach (var used in Used(type))
            graph.Add(type, used);
        return graph;
    }

    /// <summary>The folders of each circle, with the arrows between them, one circle in a line.</summary>
    public IReadOnlyList<string> Circles()
    {
        var reached = arrows.Keys.ToDictionary(folder => folder, Reach);
        return
        [
            .. arrows
                .Keys.Select(folder =>
                    reached[folder]
                        .Where(other =>
                            other != folder && reached.GetValueOrDefault(other)?.Contains(folder) == true
                        )
                        .Append(folder)
                        .Order(StringComparer.Ordinal)
                        .ToList()
                )
                .Where(circle => circle.Count > 1)
                .Select(Describe)
                .Distinct(),
        ];
    }

    private string Describe(List<string> circle) =>
        string.Join(
            "; ",
            from folder in circle
            from arrow in arrows[folder]
            where circle.Contains(arrow.Key)
            select $"{folder} -> {arrow.Key} ({arrow.Value})"
        );

    private HashSet<string> Reach(string folder)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
            foreach (var other in arrows.GetValueOrDefault(next)?.Keys ?? Enumerable.Empty<string>())
                if (found.Add(other))
                    open.Push(other);
        return found;
    }

    private void Add(TypeDefinition user, TypeReference used)
    {
        var from = Folder(user);
        foreach (var part in Parts(used).Where(part => part.Scope == module))
            if (Folder(part) is { Length: > 0 } to && from.Length > 0 && from != to)
            {
                arrows.TryAdd(from, []);
                arrows[from].TryAdd(to, $"{user.Name}: {part.Name}");
            }
    }

    private static string Folder(TypeReference type) =>
        type.DeclaringType is { } outer ? Folder(outer) : type.Namespace;

    // A generic type, an array or a reference is made of others.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => generic
                .GenericArguments.SelectMany(Parts)
                .Append(generic.ElementType),
            TypeSpecification made => Parts(made.ElementType),
            _ => [type],
        };

    private static IEnumerable<TypeReference> Used(TypeDefinition type) =>
        type
            .Interfaces.Select(one => one.InterfaceType)
            .Concat(type.BaseType is { } parent ? [parent] : [])
            .Concat(type.Fields.Select(field => field.FieldType))
            .Concat(type.Methods.SelectMany(Used));

    private static IEnumerable<TypeReference> Used(MethodDefinition method) =>
        method
            .Parameters.Select(parameter => parameter.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.HasBody ? method.Body.Instructions.SelectMany(Used) : []);

    private static IEnumerable<TypeReference> Used(Instruction instruction) =>
        instruction.Operand switch
        {
            TypeReference type => [type],
            GenericInstanceMethod generic => generic.GenericArguments.Append(generic.DeclaringType),
            MemberReference member => [member.DeclaringType],
            VariableDefinition local => [local.VariableType],
            _ => [],
        };
}
