{{/* Whether arguments say --workers themselves. */}}
{{- define "rotationmesh.hasWorkers" -}}
{{- range . }}{{ if or (eq . "--workers") (hasPrefix "--workers=" .) }}true{{ end }}{{ end -}}
{{- end -}}

{{/*
A Job of the command line: a dict with root, part, args, restartPolicy, and job, the values of the job. There is a second pod where
the first one was evicted, failed, as where a database was away (exit code 1), or reached no coordinator (6); any other exit code of the
program would come again. Embedded, the second one goes on with the rows. Of a coordinator it would ask for a second rotation, which the first one refuses: so the
rotation has the Job's UID as its id, and the second pod follows it.
*/}}
{{- define "rotationmesh.jobSpec" -}}
{{- if and (has "rotate" .args) (not (has "--dry-run" .args)) (not (has "--id" .args)) (not .root.Values.cli.embedded) -}}
{{- $_ := set . "args" (concat .args (list "--id" "$(JOB_UID)")) -}}
{{- $_ := set . "hasJobUid" true -}}
{{- end -}}
{{- if and (or (has "rotate" .args) (has "verify" .args)) .root.Values.cli.embedded (not (include "rotationmesh.hasWorkers" .args)) -}}
{{- $_ := set . "args" (concat .args (list "--workers" (toString .root.Values.cli.workers))) -}}
{{- end -}}
backoffLimit: {{ .job.backoffLimit }}
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    - action: FailJob
      onExitCodes:
        containerName: {{ .part }}
        operator: In
        values: [2, 3, 4, 5]
template:
  metadata:
    {{- include "rotationmesh.podMetadata" . | nindent 4 }}
  spec:
    {{- include "rotationmesh.podSpec" . | nindent 4 }}
{{- end -}}
