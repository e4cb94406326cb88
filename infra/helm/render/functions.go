package main

import (
	"encoding/json"
	"errors"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// The functions that templates of charts have: sprig's, but what would read this machine, and Helm's own.
func functions(root *template.Template, within *depth) template.FuncMap {
	all := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv"} {
		delete(all, name)
	}
	all["getHostByName"] = func(string) string { return "" }
	all["include"] = include(root, within)
	all["tpl"] = tpl(root, within)
	all["required"] = required
	all["fail"] = func(reason string) (string, error) { return "", errors.New(reason) }
	// There is no cluster to look into, as for `helm template`.
	all["lookup"] = func(string, string, string, string) (map[string]interface{}, error) {
		return map[string]interface{}{}, nil
	}
	all["toYaml"] = toYaml
	all["fromYaml"] = fromYaml
	all["fromYamlArray"] = fromYamlArray
	all["toJson"] = toJSON
	all["fromJson"] = fromJSON
	return all
}

func include(root *template.Template, within *depth) func(string, interface{}) (string, error) {
	return func(name string, data interface{}) (string, error) {
		if err := within.enter(name); err != nil {
			return "", err
		}
		defer within.leave(name)
		text := &strings.Builder{}
		err := root.ExecuteTemplate(text, name, data)
		return text.String(), err
	}
}

// Renders a text as a template that knows the chart's own. What it defines is known to it alone.
func tpl(root *template.Template, within *depth) func(string, interface{}) (string, error) {
	return func(text string, data interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		clone.Option("missingkey=zero") // a clone has lost it
		clone.Funcs(template.FuncMap{"include": include(clone, within), "tpl": tpl(clone, within)})
		parsed, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		rendered := &strings.Builder{}
		err = parsed.Execute(rendered, data)
		return strings.ReplaceAll(rendered.String(), noValue, ""), err
	}
}

func required(reason string, value interface{}) (interface{}, error) {
	if value == nil || value == "" {
		return value, errors.New(reason)
	}
	return value, nil
}

// "" where it can't be written.
func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

// Where it can't be read, the map has the reason at Error.
func fromYaml(text string) map[string]interface{} {
	read := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		read["Error"] = err.Error()
	}
	return read
}

// Where it can't be read, the reason is its only item.
func fromYamlArray(text string) []interface{} {
	read := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		return []interface{}{err.Error()}
	}
	return read
}

func toJSON(value interface{}) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func fromJSON(text string) map[string]interface{} {
	read := map[string]interface{}{}
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		read["Error"] = err.Error()
	}
	return read
}
