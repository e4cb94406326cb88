package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

// Reads files of values, each over those before it and all of them over the chart's own. A null takes a value of the chart away.
func readValues(own map[string]interface{}, files []string) (map[string]interface{}, error) {
	given := map[string]interface{}{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		read := map[string]interface{}{}
		if err := yaml.UnmarshalStrict(content, &read); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		given = over(given, read)
	}
	return under(given, own), nil
}

// The maps as one, in which the second goes first. Nulls stay: they may be meant for values of the chart.
func over(below, above map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range below {
		merged[key] = value
	}
	for key, value := range above {
		upper, isMap := value.(map[string]interface{})
		if lower, both := merged[key].(map[string]interface{}); isMap && both {
			merged[key] = over(lower, upper)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// The values of the chart with those that are given in their place. Maps are merged, anything else is replaced.
func under(given, own map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range given {
		if _, known := own[key]; value != nil || !known {
			merged[key] = value
		}
	}
	for key, value := range own {
		found, isGiven := given[key]
		lower, isMap := value.(map[string]interface{})
		upper, both := found.(map[string]interface{})
		switch {
		case isMap && both:
			merged[key] = under(upper, lower)
		case isGiven || value == nil:
		case isMap:
			merged[key] = under(map[string]interface{}{}, lower)
		default:
			merged[key] = value
		}
	}
	return merged
}

// An error that names every value that the schema of the chart does not allow.
func validate(values map[string]interface{}, schema []byte) error {
	if schema == nil {
		return nil
	}
	document, err := json.Marshal(values)
	if err != nil {
		return err
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewBytesLoader(document))
	if err != nil {
		return fmt.Errorf("values.schema.json: %w", err)
	}
	if result.Valid() {
		return nil
	}
	told := "the values don't fit values.schema.json:"
	for _, fault := range result.Errors() {
		told += fmt.Sprintf("\n- %s", fault)
	}
	return fmt.Errorf("%s", told)
}
