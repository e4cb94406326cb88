package main

import (
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

var separator = regexp.MustCompile(`(?m)^---[ \t]*$`)

// What every object of Kubernetes has.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
}

// Prints the manifests by the names of their templates, hooks last, or an error where one is no object of Kubernetes.
func printManifests(out io.Writer, rendered map[string]string) error {
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	var hooks []string
	for _, name := range names {
		for _, text := range separator.Split(rendered[name], -1) {
			text = strings.TrimSpace(text)
			if text == "" {
				continue
			}
			isHook, err := judge(text)
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", name, err, text)
			}
			document := fmt.Sprintf("---\n# Source: %s\n%s\n", name, text)
			if isHook {
				hooks = append(hooks, document)
			} else if _, err := io.WriteString(out, document); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(out, strings.Join(hooks, ""))
	return err
}

// Stricter than Helm, which takes the last one where a key comes twice.
func judge(text string) (isHook bool, err error) {
	asJSON, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return false, err
	}
	var object head
	if err := yaml.Unmarshal(asJSON, &object); err != nil {
		return false, err
	}
	if object.APIVersion == "" || object.Kind == "" || object.Metadata.Name == "" {
		return false, fmt.Errorf("it lacks apiVersion, kind or a name")
	}
	return object.Metadata.Annotations["helm.sh/hook"] != "", nil
}
