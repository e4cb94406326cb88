package main

import "strings"

// What templates are told of the cluster.
type capabilities struct {
	KubeVersion kubeVersion
	APIVersions apiVersions
}

type kubeVersion struct{ Version, Major, Minor string }

// String is what a template prints, and compares.
func (v kubeVersion) String() string { return v.Version }

// GitVersion is the earlier name of Version.
func (v kubeVersion) GitVersion() string { return v.Version }

// Those of Kubernetes itself that a chart is likely to ask for.
type apiVersions []string

// Has tells whether the cluster has an API version, such as apps/v1.
func (a apiVersions) Has(version string) bool {
	for _, known := range a {
		if known == version {
			return true
		}
	}
	return false
}

func capabilitiesOf(version string) capabilities {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	known := kubeVersion{Version: "v" + strings.TrimPrefix(version, "v"), Major: parts[0]}
	if len(parts) > 1 {
		known.Minor = parts[1]
	}
	return capabilities{
		KubeVersion: known,
		APIVersions: apiVersions{
			"v1", "apps/v1", "autoscaling/v2", "batch/v1", "networking.k8s.io/v1", "policy/v1", "rbac.authorization.k8s.io/v1",
		},
	}
}
