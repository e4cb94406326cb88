using k8s.Models;
using RotationMesh.Core;
using RotationMesh.Hosting;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>What each pod of the chart may do, has, and is told.</summary>
[TestFixtureSource(nameof(Cases))]
public sealed class WhenPodsAreRendered(string values)
{
    private RenderedChart chart = null!;

    private static IEnumerable<string> Cases => RenderedChart.Cases;

    [OneTimeSetUp]
    public async Task Render() => chart = await RenderedChart.OfAsync(values);

    [Test]
    public void Each_of_ours_has_longer_to_stop_than_it_takes()
    {
        foreach (var pod in chart.Pods.Where(pod => pod.IsOurs))
            Assert.That(
                TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds!.Value),
                Is.GreaterThan(StopTimes.Program),
                pod.Owner
            );
    }

    [Test]
    public void Each_meets_the_restricted_profile_on_a_file_system_that_it_can_not_write()
    {
        string[] allowed =
        [
            nameof(V1Volume.ConfigMap),
            nameof(V1Volume.EmptyDir),
            nameof(V1Volume.Projected),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (var pod in chart.Pods)
            {
                var (spec, container) = (pod.Spec.SecurityContext, pod.Container.SecurityContext);
                Assert.That(spec.RunAsNonRoot, Is.True, pod.Owner);
                Assert.That(spec.RunAsUser, Is.Null.Or.Positive, pod.Owner);
                Assert.That(spec.SeccompProfile.Type, Is.EqualTo("RuntimeDefault"), pod.Owner);
                Assert.That(container.RunAsNonRoot, Is.True, pod.Owner);
                Assert.That(container.AllowPrivilegeEscalation, Is.False, pod.Owner);
                Assert.That(container.Privileged, Is.Null, pod.Owner);
                Assert.That(container.Capabilities.Drop, Is.EqualTo(["ALL"]), pod.Owner);
                Assert.That(container.Capabilities.Add, Is.Null, pod.Owner);
                Assert.That(container.ReadOnlyRootFilesystem, Is.True, pod.Owner);
                Assert.That(pod.Spec.HostNetwork ?? pod.Spec.HostPID ?? pod.Spec.HostIPC, Is.Null, pod.Owner);
                Assert.That(pod.Container.Ports?.Where(port => port.HostPort is not null) ?? [], Is.Empty);
                Assert.That(pod.Spec.Volumes.Select(KindOf).Distinct(), Is.SubsetOf(allowed), pod.Owner);
                Assert.That(pod.Spec.EnableServiceLinks, Is.False, pod.Owner);
            }
        }
    }

    [Test]
    public void Each_asks_for_memory_and_processor_and_has_a_limit_of_memory()
    {
        foreach (var pod in chart.Pods)
        {
            Assert.That(pod.Container.Resources.Requests.Keys, Is.EquivalentTo(["cpu", "memory"]), pod.Owner);
            Assert.That(pod.Container.Resources.Limits.Keys, Is.EqualTo(["memory"]), pod.Owner);
        }
    }

    [Test]
    public void Secrets_are_files_and_nothing_of_one_is_in_the_chart()
    {
        string[] secret =
        [
            "MASTER_ENCRYPTION_KEY",
            "MASTER_ENCRYPTION_PREVIOUS_KEYS",
            .. ProgramVariable.All.Where(variable => variable.IsSecret).Select(variable => variable.Name),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(chart.All<V1Secret>(), Is.Empty);
            Assert.That(chart.Text, Does.Not.Match(@"://[^\s/]*:[^\s/]*@"), "an address with a password");
            foreach (var pod in chart.Pods.Where(pod => pod.IsOurs))
            {
                Assert.That(
                    pod.Container.Env.Where(variable => variable.ValueFrom is { FieldRef: null }),
                    Is.Empty,
                    $"{pod.Owner}: a variable is a text, or tells the pod of itself"
                );
                Assert.That(pod.Container.EnvFrom, Is.Null, pod.Owner);
                Assert.That(
                    pod.Variables.Keys.Intersect(secret).Where(name => !name.EndsWith("_FILE")),
                    Is.Empty,
                    pod.Owner
                );
                Assert.That(pod.Secrets, Is.Not.Empty, pod.Owner);
                Assert.That(
                    pod.Variables.Where(variable => variable.Key.EndsWith("_FILE"))
                        .Select(file => file.Value),
                    Is.EquivalentTo(pod.Secrets.Keys),
                    $"{pod.Owner}: the files that it is told of are those that it has"
                );
            }
        }
    }

    [Test]
    public void Variables_are_known_to_the_programs()
    {
        foreach (var pod in chart.Pods)
            Assert.That(
                pod.Variables.Keys.Where(name => name.StartsWith(ProgramVariable.Prefix)),
                Is.SubsetOf(ProgramVariable.All.Select(variable => variable.Name)),
                pod.Owner
            );
    }

    [Test]
    public void The_map_is_where_the_program_looks_for_it()
    {
        foreach (var pod in chart.Pods.Where(pod => pod.Variables.ContainsKey("ROTATIONMESH_CONFIG")))
        {
            var volume = pod.Spec.Volumes.Single(volume => volume.Name == "map");
            var mount = pod.Container.VolumeMounts.Single(mount => mount.Name == "map");
            Assert.That(
                $"{mount.MountPath}/{volume.ConfigMap.Items.Single().Path}",
                Is.EqualTo(pod.Variables["ROTATIONMESH_CONFIG"])
            );
            foreach (
                var own in chart.All<V1ConfigMap>().Where(own => own.Metadata.Name == volume.ConfigMap.Name)
            )
                Assert.That(own.Data.Keys, Does.Contain(volume.ConfigMap.Items.Single().Key));
        }
    }

    [Test]
    public void Only_whoever_asks_the_cluster_has_a_token_of_it_and_may_read_the_gated_Deployments_alone()
    {
        var bindings = chart.All<V1RoleBinding>();
        using (Assert.EnterMultipleScope())
        {
            foreach (var pod in chart.Pods)
                Assert.That(
                    pod.Spec.AutomountServiceAccountToken,
                    Is.EqualTo(
                        bindings.Any(binding => binding.Subjects[0].Name == pod.Spec.ServiceAccountName)
                    ),
                    pod.Owner
                );
            foreach (var rule in chart.All<V1Role>().SelectMany(role => role.Rules))
            {
                Assert.That(rule.ApiGroups, Is.EqualTo(["apps"]));
                Assert.That(rule.Resources, Is.EqualTo(["deployments"]));
                Assert.That(rule.ResourceNames, Is.EqualTo(["csuite-worker"]));
                Assert.That(rule.Verbs, Is.EqualTo(["get"]));
            }

            foreach (var binding in bindings)
            {
                Assert.That(
                    chart.All<V1Role>().Select(role => role.Metadata.Name),
                    Does.Contain(binding.RoleRef.Name)
                );
                Assert.That(binding.Subjects[0].NamespaceProperty, Is.EqualTo(RenderedChart.Namespace));
            }
        }
    }

    private static string KindOf(V1Volume volume) =>
        typeof(V1Volume)
            .GetProperties()
            .Single(property =>
                property.Name != nameof(V1Volume.Name) && property.GetValue(volume) is not null
            )
            .Name;
}
