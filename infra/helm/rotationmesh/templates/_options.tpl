{{/*
What a program is told: variables, and files that Secrets hold. One list of files gives both the variables that name them and
the volume that has them, so that neither lacks what the other has.
*/}}

{{/* tokensFile is the option --tokens-file, and ROTATIONMESH_TOKENS_FILE. */}}
{{- define "rotationmesh.variable" -}}
ROTATIONMESH_{{ . | snakecase | upper }}
{{- end -}}

{{/* Whether a part does or plans work on rows, and so has map, keys and databases; "" for a cli that asks a coordinator. */}}
{{- define "rotationmesh.hasKeys" -}}
{{- if or (ne .part "cli") .root.Values.cli.embedded -}}
true
{{- end -}}
{{- end -}}

{{/* A list in YAML of: variable, path (below /run/secrets/rotationmesh), secret, key. */}}
{{- define "rotationmesh.files" -}}
{{- $values := get .root.Values .part -}}
{{- $options := list "envFile" "rabbitmqFile" "tokensFile" -}}
{{- if eq .part "cli" -}}
{{- $options = .root.Values.cli.embedded | ternary (list "envFile") (list "tokenFile") -}}
{{- end -}}
{{- range $option := $options }}
{{- with get $values $option }}
- variable: {{ include "rotationmesh.variable" $option }}
  path: {{ trimSuffix "File" $option }}
  secret: {{ .secret | quote }}
  key: {{ .key | quote }}
{{- end }}
{{- end }}
{{- if include "rotationmesh.hasKeys" . }}
{{- $keys := .root.Values.keys }}
{{- range $variable, $key := dict "MASTER_ENCRYPTION_KEY_FILE" $keys.current "MASTER_ENCRYPTION_KEY_VERSION_FILE" $keys.version "MASTER_ENCRYPTION_PREVIOUS_KEYS_FILE" $keys.previous }}
{{- if $key }}
- variable: {{ $variable }}
  path: keys/{{ $variable | trimPrefix "MASTER_ENCRYPTION_" | trimSuffix "_FILE" | lower | replace "_" "-" }}
  secret: {{ $keys.secret | quote }}
  key: {{ $key | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Each variable once: what the values name goes before what the chart sets. */}}
{{- define "rotationmesh.env" -}}
{{- $given := (include "rotationmesh.podValues" . | fromYaml).extraEnv | default dict -}}
{{- if include "rotationmesh.hasKeys" . }}
{{- $given = merge $given (.root.Values.variables | default dict) }}
{{- end }}
{{- range include "rotationmesh.ownEnv" . | fromYamlArray }}
{{- if not (hasKey $given .name) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- range $name, $value := $given }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "rotationmesh.ownEnv" -}}
{{- $values := get .root.Values .part -}}
{{- if include "rotationmesh.hasKeys" . }}
- name: ROTATIONMESH_CONFIG
  value: /etc/rotationmesh/rotation.yaml
{{- end }}
{{- range $option := list "listen" "patience" "concurrency" "output" }}
{{- if hasKey $values $option }}
- name: {{ include "rotationmesh.variable" $option }}
  value: {{ get $values $option | toString | quote }}
{{- end }}
{{- end }}
{{- if not (include "rotationmesh.hasKeys" .) }}
- name: {{ include "rotationmesh.variable" "server" }}
  value: {{ include "rotationmesh.server" .root | quote }}
{{- end }}
{{- range include "rotationmesh.files" . | fromYamlArray }}
- name: {{ .variable }}
  value: /run/secrets/rotationmesh/{{ .path }}
{{- end }}
{{- with include "rotationmesh.telemetry" .root }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- if .hasJobUid }}
- name: JOB_UID
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['batch.kubernetes.io/controller-uid']
{{- end }}
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- end -}}

{{- define "rotationmesh.volumes" -}}
- name: secrets
  projected:
    # 0440: the group is that of the pod.
    defaultMode: 288
    sources:
      {{- range include "rotationmesh.files" . | fromYamlArray }}
      - secret:
          name: {{ .secret | quote }}
          items:
            - key: {{ .key | quote }}
              path: {{ .path }}
      {{- end }}
{{- if include "rotationmesh.hasKeys" . }}
- name: map
  configMap:
    {{- if .root.Values.config.text }}
    name: {{ include "rotationmesh.fullname" .root }}
    items:
      - key: rotation.yaml
        path: rotation.yaml
    {{- else }}
    name: {{ required "config.configMap or config.text: the rotation map" .root.Values.config.configMap | quote }}
    items:
      - key: {{ .root.Values.config.key | quote }}
        path: rotation.yaml
    {{- end }}
{{- end }}
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- end -}}

{{- define "rotationmesh.mounts" -}}
- name: secrets
  mountPath: /run/secrets/rotationmesh
  readOnly: true
{{- if include "rotationmesh.hasKeys" . }}
- name: map
  mountPath: /etc/rotationmesh
  readOnly: true
{{- end }}
- name: tmp
  mountPath: /tmp
{{- end -}}
