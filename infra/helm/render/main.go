// Command render prints what a Helm chart makes of its values, for machines that have no Helm. It is not Helm: README.md says
// what it does in the same way, and what it lacks.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

type fileList []string

func (l *fileList) String() string { return strings.Join(*l, " ") }

func (l *fileList) Set(file string) error {
	*l = append(*l, file)
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "render: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	var files fileList
	folder := flag.String("chart", ".", "folder of the chart")
	release := flag.String("release", "rotationmesh", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	cluster := flag.String("kube-version", "v1.31.0", "version of Kubernetes")
	notes := flag.Bool("notes", false, "print the notes instead of the manifests")
	flag.Var(&files, "values", "file of values; the last one goes first; may be given more than once")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("%s: no such argument", flag.Arg(0))
	}

	chart, err := loadChart(*folder)
	if err != nil {
		return err
	}
	if err := chart.fits(*cluster); err != nil {
		return err
	}
	values, err := readValues(chart.values, files)
	if err != nil {
		return err
	}
	if err := validate(values, chart.schema); err != nil {
		return err
	}
	rendered, err := chart.render(values, releaseOf(*release, *namespace), capabilitiesOf(*cluster))
	if err != nil {
		return err
	}
	if *notes {
		fmt.Println(strings.TrimSpace(rendered[chart.templateName(notesFile)]))
		return nil
	}
	delete(rendered, chart.templateName(notesFile))
	return printManifests(os.Stdout, rendered)
}
