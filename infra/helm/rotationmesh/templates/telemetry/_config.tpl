{{/*
The collector's configuration: metrics are held for Prometheus, traces are passed on, or dropped. Prometheus' exporter tells by itself
which program a metric is of, and in which pod: job and instance. Alerts and dashboard use these.
*/}}
{{- define "rotationmesh.collectorConfig" -}}
{{- $traces := .Values.telemetry.collector.traces -}}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  batch: {}
exporters:
  prometheus:
    endpoint: 0.0.0.0:8889
    # A gauge of a rotation that has ended, or of a process that is gone, is not told for long.
    metric_expiration: 1m
  {{- if $traces }}
  otlp:
    endpoint: {{ $traces | trimPrefix "http://" | trimPrefix "https://" | quote }}
    # TLS, unless the values say http://.
    tls:
      insecure: {{ hasPrefix "http://" $traces }}
  {{- else }}
  nop: {}
  {{- end }}
service:
  extensions: [health_check]
  pipelines:
    metrics:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [prometheus]
    traces:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [{{ empty $traces | ternary "nop" "otlp" }}]
{{- end -}}
