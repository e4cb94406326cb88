{{/* A rule of egress: a dict of to, ports (numbers), and protocols (TCP by default). Without peers it is every address. */}}
{{- define "rotationmesh.egress" -}}
{{- $protocols := .protocols | default (list "TCP") }}
- ports:
    {{- range $port := .ports }}
    {{- range $protocol := $protocols }}
    - protocol: {{ $protocol }}
      port: {{ int $port }}
    {{- end }}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* What a part of the release may reach, by what it is given: DNS, its databases, … */}}
{{- define "rotationmesh.egressRules" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- include "rotationmesh.egress" (dict "to" $policy.dns.to "ports" $policy.dns.ports "protocols" (list "UDP" "TCP")) }}
{{- if ne .part "cli" }}
{{- include "rotationmesh.egress" $policy.broker }}
{{- end }}
{{- if include "rotationmesh.hasKeys" . }}
{{- include "rotationmesh.egress" $policy.databases }}
{{- else }}
- to:
    - podSelector:
        matchLabels:
          {{- include "rotationmesh.selector" (dict "root" .root "part" "coordinator") | nindent 10 }}
  ports:
    - protocol: TCP
      port: {{ include "rotationmesh.port" .root.Values.coordinator.listen }}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- if include "rotationmesh.asksTheApi" . }}
{{- include "rotationmesh.egress" $policy.apiServer }}
{{- end }}
{{- if .root.Values.telemetry.endpoint }}
{{- $endpoint := .root.Values.telemetry.endpoint }}
{{- $port := regexFind ":[0-9]+$" (urlParse $endpoint).host | trimPrefix ":" | default (hasPrefix "https:" $endpoint | ternary "443" "80") }}
{{- $ports := list }}
{{- range append $policy.telemetry.ports (int $port) }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- include "rotationmesh.egress" (dict "to" $policy.telemetry.to "ports" (uniq $ports)) }}
{{- else if .root.Values.telemetry.collector.enabled }}
- to:
    - podSelector:
        matchLabels:
          {{- include "rotationmesh.selector" (dict "root" .root "part" "collector") | nindent 10 }}
  ports:
    - protocol: TCP
      port: 4317
{{- end }}
{{- end -}}
