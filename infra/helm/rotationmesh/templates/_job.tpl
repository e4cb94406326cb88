{{/*
A Job of the command line: a dict with root, part, args, restartPolicy, and job, the values of the job. A pod that was evicted
starts again and goes on where it stopped, and so does one that reached no coordinator (exit code 6); any other exit code of the
program would come again.
*/}}
{{- define "rotationmesh.jobSpec" -}}
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
        values: [1, 2, 3, 4, 5]
template:
  metadata:
    {{- include "rotationmesh.podMetadata" . | nindent 4 }}
  spec:
    {{- include "rotationmesh.podSpec" . | nindent 4 }}
{{- end -}}
