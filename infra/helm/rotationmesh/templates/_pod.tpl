{{/* A pod of one container. Each takes a dict: root, part; and args or ports, probes where the part has them. */}}

{{/*
Seconds from SIGTERM to SIGKILL: as long as a batch may take, which the programs end after 30 seconds, and 30 more. 20 of them are the
programs' own (StopTimes in RotationMesh.Core); 10 are for a node that is busy.
*/}}
{{- define "rotationmesh.gracePeriod" -}}
{{- $batch := or (eq .part "worker") (eq .part "cli") | ternary .root.Values.worker.longestBatchSeconds 0 -}}
{{- add (max 30 $batch) 30 -}}
{{- end -}}

{{/* pod: for all, and before it that of the part. */}}
{{- define "rotationmesh.podValues" -}}
{{- $own := (get .root.Values .part).pod -}}
{{- toYaml (mustMergeOverwrite (deepCopy .root.Values.pod) (deepCopy $own)) -}}
{{- end -}}

{{/* The profile "restricted" of Kubernetes' pod security standards. */}}
{{- define "rotationmesh.podSecurity" -}}
runAsNonRoot: true
{{- if not (kindIs "invalid" .) }}
runAsUser: {{ int64 . }}
runAsGroup: {{ int64 . }}
fsGroup: {{ int64 . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "rotationmesh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Pods of jobs do not bear the versions: a change of these alone would make another Job, and remove the one that runs. */}}
{{- define "rotationmesh.podMetadata" -}}
{{- $pod := include "rotationmesh.podValues" . | fromYaml -}}
labels:
  {{- include "rotationmesh.labels" (dict "root" .root "part" .part "extraLabels" $pod.labels "ofJob" (eq .part "cli")) | nindent 2 }}
{{- $annotations := dict }}
{{- if and .root.Values.config.text (include "rotationmesh.hasKeys" .) }}
{{- $_ := set $annotations "checksum/map" (sha256sum .root.Values.config.text) }}
{{- end }}
{{- with merge $annotations ($pod.annotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Whence the images come, and where the pod runs: a dict of root, and pod, its values. */}}
{{- define "rotationmesh.placing" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- $pod := .pod }}
{{- range $name := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with get $pod $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "rotationmesh.podSpec" -}}
{{- $values := get .root.Values .part -}}
{{- $pod := include "rotationmesh.podValues" . | fromYaml -}}
serviceAccountName: {{ include "rotationmesh.accountName" . }}
automountServiceAccountToken: {{ include "rotationmesh.asksTheApi" . | default "false" }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "rotationmesh.gracePeriod" . }}
securityContext:
  {{- include "rotationmesh.podSecurity" $pod.runAsUser | nindent 2 }}
{{- include "rotationmesh.placing" (dict "root" .root "pod" $pod) }}
{{- with .restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
{{- if .ports }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "rotationmesh.selector" . | nindent 8 }}
{{- end }}
containers:
  - name: {{ .part }}
    image: {{ include "rotationmesh.image" (dict "root" .root "name" $values.image) | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    {{- with .args }}
    args:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    env:
      {{- include "rotationmesh.env" . | trim | nindent 6 }}
    {{- if .ports }}
    ports:
      - name: http
        containerPort: {{ include "rotationmesh.port" $values.listen }}
    {{- include "rotationmesh.probes" . | nindent 4 }}
    {{- end }}
    securityContext:
      {{- include "rotationmesh.containerSecurity" . | nindent 6 }}
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    volumeMounts:
      {{- include "rotationmesh.mounts" . | nindent 6 }}
      {{- with $pod.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  {{- include "rotationmesh.volumes" . | nindent 2 }}
  {{- with $pod.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* A service answers as soon as it runs, and is not ready until it has joined the mesh, which may take as long as it takes. */}}
{{- define "rotationmesh.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: http }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 30
livenessProbe:
  httpGet: { path: /health/live, port: http }
  periodSeconds: 10
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: http }
  periodSeconds: 5
  timeoutSeconds: 10
{{- end -}}
