/// One sign that the program can be watched.
public struct Signal: Sendable, Hashable {
  /// metrics, logs, traces, alerts, errors, dashboards or health.
  public var kind: String
  public var what: String
  public var place: Place
}

/// Metrics, structured logs, traces, alerts, error trackers and health endpoints, by packages, files and routes.
enum ObservabilityFinder {
  private static let packages: [(kind: String, title: String, names: [String])] = [
    (
      "metrics", "Prometheus client",
      [
        "prom-client", "prometheus-client", "prometheus_client", "django-prometheus",
        "prometheus-fastapi-instrumentator", "prometheus-flask-exporter", "prometheus_exporter", "yabeda-prometheus",
        "micrometer-registry-prometheus", "github.com/prometheus/client_golang", "prometheus",
        "metrics-exporter-prometheus", "prometheus-net", "prometheus-net.aspnetcore", "promphp/prometheus_client_php",
        "swift-prometheus", "telemetry_metrics_prometheus", "starlette-exporter", "express-prom-bundle",
        "axum-prometheus", "simpleclient", "jimdo/prometheus_client_php",
      ]
    ),
    (
      "metrics", "StatsD, Datadog or New Relic",
      [
        "statsd", "hot-shots", "datadog", "ddtrace", "dogstatsd-ruby", "newrelic", "newrelic_rpm", "dd-trace",
        "node-statsd",
      ]
    ),
    (
      "metrics", "Micrometer or Spring Actuator",
      ["spring-boot-starter-actuator", "micrometer-core", "dropwizard-metrics", "metrics-core"]
    ),
    (
      "traces", "OpenTelemetry",
      [
        "opentelemetry*", "@opentelemetry/*", "go.opentelemetry.io/*", "io.opentelemetry*", "tracing-opentelemetry",
        "opentelemetry", "swift-otel", "open-telemetry/*",
      ]
    ),
    (
      "traces", "Jaeger or Zipkin",
      ["jaeger-client", "zipkin", "brave", "py_zipkin", "elastic-apm", "scout_apm", "appsignal"]
    ),
    (
      "logs", "structured logging",
      [
        "structlog", "python-json-logger", "pythonjsonlogger", "loguru", "winston", "pino", "pino-http", "bunyan",
        "lograge", "semantic_logger", "rails_semantic_logger", "go.uber.org/zap", "github.com/rs/zerolog",
        "github.com/sirupsen/logrus", "logstash-logback-encoder", "serilog", "serilog.aspnetcore", "monolog/monolog",
        "tracing-subscriber", "slog", "logger_json", "swift-log", "nlog", "fastify-logger", "github.com/go-kit/log",
        "log4j-layout-template-json",
      ]
    ),
    (
      "errors", "Sentry",
      [
        "sentry-sdk", "@sentry/*", "raven", "sentry-ruby", "sentry-rails", "github.com/getsentry/sentry-go", "sentry",
        "io.sentry", "sentry/sentry-laravel", "sentry/sentry-symfony", "sentry.aspnetcore",
      ]
    ),
    (
      "errors", "an error tracker",
      ["rollbar", "bugsnag", "honeybadger", "airbrake", "@bugsnag/js", "exception_notification"]
    ),
  ]

  /// Imports of the standard libraries, which no manifest names.
  private static let imports: [(kind: String, title: String, language: Language, word: String)] = [
    ("logs", "structured logging (log/slog)", .go, "log/slog"),
    ("metrics", "expvar", .go, "expvar"),
  ]

  static func find(_ tree: CodeTree, project: Project, manifests: Manifests, routes: [Route]) -> [Signal] {
    var signals: [Signal] = []
    func add(_ kind: String, _ what: String, _ place: Place) {
      guard !signals.contains(where: { $0.kind == kind && $0.what == what }), signals.count < 200 else { return }
      signals.append(Signal(kind: kind, what: what, place: place))
    }
    for package in packages {
      if let found = manifests.first(package.names) {
        add(package.kind, "\(package.title) (\(found.name.forLine))", found.place)
      }
    }
    for entry in imports {
      for source in project.sources(entry.language) {
        if let token = source.tokens.prefix(400).first(where: { $0.kind == .string && $0.text == entry.word }) {
          add(entry.kind, entry.title, Place(file: source.path, line: Int(token.line)))
          break
        }
      }
    }
    for file in tree.files where !PathKind.isTest(file.path) {
      let name = file.name
      let place = Place(file: file.path, line: 1)
      let isYAML = name.hasSuffix(".yml") || name.hasSuffix(".yaml")
      if name == "prometheus.yml" || name == "prometheus.yaml" { add("metrics", "a Prometheus configuration", place) }
      if name.hasPrefix("alertmanager"), isYAML { add("alerts", "an Alertmanager configuration", place) }
      if name.hasPrefix("otel") && isYAML || name.contains("otel-collector") {
        add("traces", "an OpenTelemetry collector's configuration", place)
      }
      if file.path.lowercased().contains("grafana"), name.hasSuffix(".json") {
        add("dashboards", "a Grafana dashboard", place)
      }
      if isYAML, name.contains("alert") || name.contains("rules") || file.path.contains("prometheus"),
        let text = tree.text(file), text.contains("alert:"), text.contains("expr:")
      {
        add("alerts", "Prometheus alert rules", Place(file: file.path, line: text.line(of: "alert:")))
      }
      if name == "newrelic.yml" || name == "newrelic.ini" { add("metrics", "New Relic", place) }
      if name == "datadog.yaml" || name == "datadog.yml" { add("metrics", "Datadog", place) }
      if name == "logback.xml" || name == "logback-spring.xml" || name == "log4j2.xml" {
        let isJSON = tree.text(file).map { $0.contains("Json") || $0.contains("Logstash") } ?? false
        add("logs", isJSON ? "logs as JSON" : "a logging configuration (not shown to be structured)", place)
      }
    }
    for route in routes {
      let last = route.path.split(separator: "/").last.map { $0.lowercased().filter { $0.isLetter } } ?? ""
      if [
        "health", "healthz", "healthcheck", "livez", "readyz", "ready", "readiness", "liveness", "live", "heartbeat",
        "ping", "up", "status", "alive",
      ].contains(last), route.method == "GET" || route.method == "ANY" {
        add("health", "\(route.method) \(route.path)", route.place)
      }
      if last == "metrics" || route.path.hasSuffix("actuator/prometheus") {
        add("metrics", "the endpoint \(route.method) \(route.path)", route.place)
      }
    }
    let order = ["metrics", "logs", "traces", "alerts", "errors", "dashboards", "health"]
    return signals.sorted {
      (order.firstIndex(of: $0.kind) ?? 9, $0.place, $0.what) < (order.firstIndex(of: $1.kind) ?? 9, $1.place, $1.what)
    }
  }
}
