package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver"
	"sigs.k8s.io/yaml"
)

const notesFile = "NOTES.txt"

// A chart in a folder, without charts that it would depend on.
type chart struct {
	name      string
	metadata  map[string]interface{}
	values    map[string]interface{}
	schema    []byte            // nil where there is none
	templates map[string]string // by their path below templates/
	files     files
}

// What else is in the folder, for .Files.
type files map[string]string

// Get returns the text of a file; "" where there is none.
func (f files) Get(name string) string { return f[name] }

// GetBytes returns the content of a file.
func (f files) GetBytes(name string) []byte { return []byte(f[name]) }

// Lines returns the lines of a file.
func (f files) Lines(name string) []string {
	if f[name] == "" {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(f[name], "\n"), "\n")
}

func loadChart(folder string) (*chart, error) {
	loaded := &chart{templates: map[string]string{}, files: files{}}
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		return loaded.add(filepath.ToSlash(relative), content)
	})
	if err != nil {
		return nil, err
	}
	if loaded.metadata == nil {
		return nil, fmt.Errorf("%s has no Chart.yaml", folder)
	}
	return loaded, nil
}

func (c *chart) add(name string, content []byte) error {
	switch {
	case name == "Chart.yaml":
		return c.describe(content)
	case name == "values.yaml":
		return yaml.UnmarshalStrict(content, &c.values)
	case name == "values.schema.json":
		c.schema = content
	case strings.HasPrefix(name, "templates/"):
		c.templates[strings.TrimPrefix(name, "templates/")] = string(content)
	case strings.HasPrefix(name, "charts/"):
		return fmt.Errorf("%s: charts of a chart are not rendered here", name)
	default:
		c.files[name] = string(content)
	}
	return nil
}

// Templates see the fields of Chart.yaml by the names of Helm's type: .Chart.AppVersion is appVersion.
func (c *chart) describe(content []byte) error {
	written := map[string]interface{}{}
	if err := yaml.UnmarshalStrict(content, &written); err != nil {
		return fmt.Errorf("Chart.yaml: %w", err)
	}
	name, ok := written["name"].(string)
	if !ok || name == "" {
		return fmt.Errorf("Chart.yaml has no name")
	}
	c.name = name
	c.metadata = map[string]interface{}{"IsRoot": true}
	for key, value := range written {
		c.metadata[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return nil
}

// The name by which errors and .Template.Name call a template.
func (c *chart) templateName(file string) string { return path.Join(c.name, "templates", file) }

// An error where the chart is not for that version of Kubernetes.
func (c *chart) fits(cluster string) error {
	wanted, ok := c.metadata["KubeVersion"].(string)
	if !ok {
		return nil
	}
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return fmt.Errorf("kubeVersion of Chart.yaml: %w", err)
	}
	version, err := semver.NewVersion(cluster)
	if err != nil {
		return fmt.Errorf("%s: %w", cluster, err)
	}
	if !constraint.Check(version) {
		return fmt.Errorf("the chart is for Kubernetes %s, not %s", wanted, cluster)
	}
	return nil
}
