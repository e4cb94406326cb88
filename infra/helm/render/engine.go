package main

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"text/template"
)

// How deep a template may include itself.
const deepest = 1000

// What text/template writes for a value that is not there, although missingkey=zero asks for the zero value: nothing, in a chart.
const noValue = "<no value>"

type release struct {
	Name, Namespace, Service string
	Revision                 int
	IsInstall, IsUpgrade     bool
}

func releaseOf(name, namespace string) release {
	return release{Name: name, Namespace: namespace, Service: "Helm", Revision: 1, IsInstall: true}
}

// Renders every template but those whose file begins with _, by their names.
func (c *chart) render(values map[string]interface{}, r release, k capabilities) (map[string]string, error) {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root, &depth{}))
	names := make([]string, 0, len(c.templates))
	for file := range c.templates {
		names = append(names, file)
	}
	// Those deeper in the folder first, so that one further up may define a name anew.
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.Count(names[i], "/"), strings.Count(names[j], "/")
		return a > b || (a == b && names[i] > names[j])
	})
	for _, file := range names {
		if _, err := root.New(c.templateName(file)).Parse(c.templates[file]); err != nil {
			return nil, err
		}
	}

	rendered := map[string]string{}
	for _, file := range names {
		if strings.HasPrefix(path.Base(file), "_") {
			continue
		}
		name := c.templateName(file)
		text := &strings.Builder{}
		err := root.ExecuteTemplate(text, name, map[string]interface{}{
			"Values":       values,
			"Chart":        c.metadata,
			"Files":        c.files,
			"Release":      r,
			"Capabilities": k,
			"Subcharts":    map[string]interface{}{},
			"Template":     map[string]interface{}{"Name": name, "BasePath": c.templateName("")},
		})
		if err != nil {
			return nil, err
		}
		rendered[name] = strings.ReplaceAll(text.String(), noValue, "")
	}
	return rendered, nil
}

// How often each template is under way within itself.
type depth struct{ of map[string]int }

func (d *depth) enter(name string) error {
	if d.of == nil {
		d.of = map[string]int{}
	}
	if d.of[name] > deepest {
		return fmt.Errorf("%s includes itself without an end", name)
	}
	d.of[name]++
	return nil
}

func (d *depth) leave(name string) { d.of[name]-- }
