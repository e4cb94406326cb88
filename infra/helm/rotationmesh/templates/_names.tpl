{{/* Names and labels. Those that take a part of the release are given a dict: root, part. */}}

{{- define "rotationmesh.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Services have it in their names: a letter, then letters, digits and dashes. A release may have dots, and begin with a digit. */}}
{{- define "rotationmesh.fullname" -}}
{{- $name := include "rotationmesh.name" . -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- $full := contains $name $release | ternary $release (printf "%s-%s" $release $name) -}}
{{- $full = .Values.fullnameOverride | default $full | trunc 40 | trimSuffix "-" -}}
{{- if regexMatch "^[0-9]" $full -}}
{{- fail (printf "no Service can be called %s: name the release otherwise, or set fullnameOverride" $full) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{- define "rotationmesh.partName" -}}
{{- printf "%s-%s" (include "rotationmesh.fullname" .root) .part -}}
{{- end -}}

{{/* Parts of the release that have pods of our programs, as a list in YAML: cli for jobs and for `helm test`. */}}
{{- define "rotationmesh.parts" -}}
{{- $tested := and .Values.coordinator.enabled (not .Values.cli.embedded) -}}
{{- $parts := dict "coordinator" .Values.coordinator.enabled "worker" .Values.worker.enabled "cli" (or .Values.job.enabled .Values.cronJob.enabled $tested) -}}
{{- range $part, $isThere := $parts }}
{{- if $isThere }}
- {{ $part }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What never changes, for selectors: every pod of the release, or of a part of it. */}}
{{- define "rotationmesh.releaseSelector" -}}
app.kubernetes.io/name: {{ include "rotationmesh.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rotationmesh.selector" -}}
{{ include "rotationmesh.releaseSelector" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{/* The chart's, those of all objects, and extraLabels of this one. The later go first, but never before those of selectors. */}}
{{- define "rotationmesh.labels" -}}
{{- $chart := printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" -}}
{{- $own := dict "app.kubernetes.io/part-of" "rotationmesh" "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- if not .ofJob -}}
{{- $own = merge $own (dict "helm.sh/chart" $chart "app.kubernetes.io/version" .root.Chart.AppVersion) -}}
{{- end -}}
{{- $selected := include "rotationmesh.selector" . | fromYaml -}}
{{- toYaml (mustMergeOverwrite $own (.root.Values.commonLabels | default dict) (.extraLabels | default dict) $selected) -}}
{{- end -}}

{{/* metadata: of an object of a part, without annotations. A dict: root, part, and name and extraLabels where it has such. */}}
{{- define "rotationmesh.metadata" -}}
name: {{ default (include "rotationmesh.partName" .) .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "rotationmesh.labels" . | nindent 2 }}
{{- end -}}

{{- define "rotationmesh.image" -}}
{{- $image := .root.Values.image -}}
{{- $name := printf "%s:%s" .name (default .root.Chart.AppVersion $image.tag) -}}
{{- if $image.registry -}}
{{- printf "%s/%s" (trimSuffix "/" $image.registry) $name -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{- define "rotationmesh.accountName" -}}
{{- default (include "rotationmesh.partName" .) (get .root.Values.serviceAccount .part) -}}
{{- end -}}

{{/* Whether pods of a part read Deployments for the gate kubernetes: and so have a token of the API; "" where they don't. */}}
{{- define "rotationmesh.asksTheApi" -}}
{{- if .root.Values.kubernetesGate.deployments -}}
{{- if or (eq .part "coordinator") (and (eq .part "cli") .root.Values.cli.embedded) -}}
true
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Port at the end of an address such as http://0.0.0.0:8085 */}}
{{- define "rotationmesh.port" -}}
{{- regexFind "[0-9]+$" . -}}
{{- end -}}

{{/* Where the command line finds a coordinator. */}}
{{- define "rotationmesh.server" -}}
{{- if not (or .Values.coordinator.enabled .Values.cli.server) -}}
{{- fail "a job of the command line needs coordinator.enabled, cli.server, or cli.embedded" -}}
{{- end -}}
{{- $own := printf "http://%s:%v" (include "rotationmesh.partName" (dict "root" . "part" "coordinator")) .Values.coordinator.service.port -}}
{{- default $own .Values.cli.server -}}
{{- end -}}

{{/* Where traces and metrics go; "" where nowhere. */}}
{{- define "rotationmesh.telemetry" -}}
{{- $telemetry := .Values.telemetry -}}
{{- if $telemetry.endpoint -}}
{{- $telemetry.endpoint -}}
{{- else if $telemetry.collector.enabled -}}
{{- printf "http://%s:4317" (include "rotationmesh.partName" (dict "root" . "part" "collector")) -}}
{{- end -}}
{{- end -}}
