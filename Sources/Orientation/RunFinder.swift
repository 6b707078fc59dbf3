internal import TextFormats

/// A way to start the program, as its own files give it.
public struct RunCommand: Sendable, Hashable {
  public var command: String
  /// What it does, in a few words.
  public var note: String
  public var place: Place
  /// Lower comes first.
  var rank: Int
}

/// Something that the program needs to run: a database, a cache, a queue.
public struct Dependency: Sendable, Hashable {
  public var name: String
  public var kind: String
  public var place: Place
  /// The ports that a compose file publishes, as written.
  public var ports: [String]
  public var note: String
}

/// How to start it and what it needs.
struct RunFinder {
  private let tree: CodeTree
  private(set) var commands: [RunCommand] = []
  private(set) var dependencies: [Dependency] = []
  /// Versions of languages and tools that are pinned, and samples of configuration.
  private(set) var notes: [(text: String, place: Place)] = []
  private(set) var remarks: [String] = []

  init(_ tree: CodeTree, manifests: Manifests) {
    self.tree = tree
    compose()
    makefiles()
    packageScripts()
    platforms()
    readme()
    packages(manifests)
    versions()
    commands.sort { ($0.rank, $0.place, $0.command) < ($1.rank, $1.place, $1.command) }
  }

  private func depth(_ path: String) -> Int { path.utf8.count { $0 == UInt8(ascii: "/") } }

  /// - Parameter depth: how deep below the root the command belongs; the file's own depth unless it lies deep by custom.
  private mutating func add(
    _ command: String, _ note: String, _ path: String, line: Int = 1, rank: Int, depth: Int? = nil
  ) {
    let clean = command.split(whereSeparator: \.isWhitespace).joined(separator: " ").forLine
    guard !clean.isEmpty, !commands.contains(where: { $0.command == clean && $0.place.file == path }),
      commands.count < 400
    else { return }
    // What lies deeper is further from being the whole.
    commands.append(
      RunCommand(
        command: clean, note: note, place: Place(file: path, line: line),
        rank: rank + min(depth ?? self.depth(path), 4) * 40))
  }

  private func folderPrefix(_ path: String) -> String {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    return folder.isEmpty ? "" : "cd \(folder.quotedForShell) && "
  }

  // MARK: Compose

  private mutating func compose() {
    for file in tree.files {
      let name = file.name
      let isCompose =
        (name.hasPrefix("docker-compose") || name.hasPrefix("compose"))
        && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
      guard isCompose, !PathKind.isTest(file.path), let text = tree.text(file) else { continue }
      let services = self.services(text, file.path)
      guard !services.isEmpty else { continue }
      let isDefault = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"].contains(name)
      let isAside = PathKind.isAside(file.path)
      let isTest = name.contains("test") || name.contains("ci")
      let command =
        folderPrefix(file.path) + "docker compose " + (isDefault ? "up" : "-f \(String(name).quotedForShell) up")
      let builds = services.contains { $0.builds }
      let what =
        "\(services.count) service\(services.count == 1 ? "" : "s"): "
        + services.map(\.name).prefix(8).joined(separator: ", ") + (services.count > 8 ? "…" : "")
      // Without a service that is built here it starts what the program needs, not the program.
      add(
        command, what + (builds ? "" : "; images only, so this may be the dependencies alone"), file.path,
        rank: isAside || isTest ? 200 : isDefault ? (builds ? 10 : 15) : 25)
      for service in services {
        guard let known = RunFinder.image(service.image ?? service.name) else { continue }
        note(
          known.0, known.1, Place(file: file.path, line: service.line), ports: service.ports,
          "service \(service.name)" + (service.image.map { ", image \($0)" } ?? ""))
      }
    }
  }

  private struct Service {
    var name: String
    var image: String?
    var ports: [String]
    var builds: Bool
    var line: Int
  }

  private mutating func services(_ text: String, _ path: String) -> [Service] {
    let value: YAMLValue?
    do throws(YAMLProblem) {
      value = try StrictYAML.parse(text)
    } catch {
      remarks.append("\(path): read line by line, because \(error.message)")
      return servicesByLines(text)
    }
    guard case .mapping(let entries, _)? = value?["services"] else { return [] }
    return entries.map { entry in
      var ports: [String] = []
      if case .sequence(let items, _)? = entry.value["ports"] {
        ports = items.compactMap { $0.text ?? $0["published"]?.text }
      }
      return Service(
        name: entry.key.forLine, image: entry.value["image"]?.text?.forLine, ports: ports.map(\.forLine),
        builds: entry.value["build"] != nil, line: entry.keyMark.line)
    }
  }

  private func servicesByLines(_ text: String) -> [Service] {
    var services: [Service] = []
    var inServices = false
    var indent: Int?
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let body = line.drop { $0 == " " }
      let level = line.count - body.count
      guard !body.isEmpty, !body.hasPrefix("#"), let colon = body.firstIndex(of: ":") else { continue }
      if level == 0 {
        inServices = body.hasPrefix("services:")
        continue
      }
      guard inServices else { continue }
      let key = body[..<colon]
      if indent ?? level == level, !key.hasPrefix("-") {
        indent = level
        services.append(Service(name: String(key).forLine, image: nil, ports: [], builds: false, line: number + 1))
      } else if key == "image", !services.isEmpty {
        services[services.count - 1].image = body[body.index(after: colon)...].trimmed.forLine
      } else if key == "build", !services.isEmpty {
        services[services.count - 1].builds = true
      }
    }
    return services
  }

  private static let images: [(String, String, String)] = [
    ("postgres", "PostgreSQL", "database"), ("postgis", "PostgreSQL", "database"),
    ("timescale", "PostgreSQL", "database"),
    ("pgvector", "PostgreSQL", "database"), ("mysql", "MySQL", "database"), ("mariadb", "MariaDB", "database"),
    ("mongo", "MongoDB", "database"), ("cockroach", "CockroachDB", "database"), ("mssql", "SQL Server", "database"),
    ("clickhouse", "ClickHouse", "database"), ("cassandra", "Cassandra", "database"),
    ("scylla", "ScyllaDB", "database"),
    ("dynamodb", "DynamoDB", "database"), ("neo4j", "Neo4j", "database"), ("influxdb", "InfluxDB", "database"),
    ("redis", "Redis", "cache"), ("valkey", "Valkey", "cache"), ("memcached", "Memcached", "cache"),
    ("keydb", "KeyDB", "cache"),
    ("rabbitmq", "RabbitMQ", "queue"), ("kafka", "Kafka", "queue"), ("redpanda", "Redpanda", "queue"),
    ("nats", "NATS", "queue"),
    ("pulsar", "Pulsar", "queue"), ("zookeeper", "ZooKeeper", "coordination"),
    ("elasticmq", "SQS (ElasticMQ)", "queue"),
    ("localstack", "AWS (LocalStack)", "cloud"), ("elasticsearch", "Elasticsearch", "search"),
    ("opensearch", "OpenSearch", "search"),
    ("meilisearch", "Meilisearch", "search"), ("solr", "Solr", "search"), ("minio", "MinIO (S3)", "storage"),
    ("etcd", "etcd", "coordination"), ("consul", "Consul", "coordination"), ("vault", "Vault", "secrets"),
    ("mailhog", "MailHog", "mail"), ("mailpit", "Mailpit", "mail"), ("mailcatcher", "MailCatcher", "mail"),
    ("keycloak", "Keycloak", "identity"), ("prometheus", "Prometheus", "monitoring"),
    ("grafana", "Grafana", "monitoring"),
    ("jaeger", "Jaeger", "monitoring"), ("otel", "OpenTelemetry collector", "monitoring"), ("nginx", "nginx", "proxy"),
    ("traefik", "Traefik", "proxy"),
  ]

  private static func image(_ text: String) -> (String, String)? {
    let lower = text.lowercased()
    let name = lower.split(separator: "/").last.map(String.init) ?? lower
    for (word, title, kind) in images where name.contains(word) || lower.contains("/\(word)") {
      if name.contains("exporter") { return nil }
      return (title, kind)
    }
    return nil
  }

  private mutating func note(_ name: String, _ kind: String, _ place: Place, ports: [String], _ text: String) {
    guard !dependencies.contains(where: { $0.name == name && $0.place.file == place.file }),
      dependencies.filter({ $0.name == name }).count < 3
    else { return }
    dependencies.append(Dependency(name: name, kind: kind, place: place, ports: ports, note: text.forLine))
  }

  // MARK: Make and its like

  private static let targets: [String: Int] = [
    "run": 30, "dev": 31, "serve": 32, "start": 33, "up": 34, "server": 35, "run-dev": 36, "devserver": 36,
    "runserver": 36,
    "develop": 37, "local": 38, "docker-up": 39, "run-local": 36, "start-dev": 36, "web": 38,
  ]
  private static let further: [String: Int] = [
    "install": 130, "setup": 129, "bootstrap": 129, "build": 131, "test": 132, "migrate": 131, "all": 140, "check": 133,
    "docker-build": 135, "deps": 130,
  ]

  private mutating func makefiles() {
    for file in tree.files where !PathKind.isAside(file.path) && depth(file.path) <= 3 {
      switch file.name {
      case "Makefile", "makefile", "GNUmakefile": targets(file, "make")
      case "justfile", "Justfile", ".justfile": targets(file, "just")
      case "Taskfile.yml", "Taskfile.yaml": taskfile(file)
      default: continue
      }
    }
  }

  private mutating func targets(_ file: CodeTree.File, _ tool: String) {
    guard let text = tree.text(file) else { return }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard let first = line.unicodeScalars.first, first != "\t", first != " ", first != "#", first != "@",
        let colon = line.firstIndex(of: ":")
      else { continue }
      let rest = line[colon...].dropFirst()
      guard !rest.hasPrefix("="), !rest.hasPrefix(":="), !line[..<colon].contains("=") else { continue }
      for (position, name) in line[..<colon].split(separator: " ").enumerated() {
        // A recipe of just may have parameters behind its name.
        if tool == "just", position > 0 { break }
        guard let rank = RunFinder.targets[String(name)] ?? RunFinder.further[String(name)] else { continue }
        add(
          folderPrefix(file.path) + "\(tool) \(name)", "target of the \(file.name)", file.path, line: number + 1,
          rank: rank)
      }
    }
  }

  private mutating func taskfile(_ file: CodeTree.File) {
    guard let text = tree.text(file), case .mapping(let tasks, _)? = (try? StrictYAML.parse(text))?["tasks"] else {
      return
    }
    for task in tasks {
      guard let rank = RunFinder.targets[task.key] ?? RunFinder.further[task.key] else { continue }
      add(
        folderPrefix(file.path) + "task \(task.key)", "task of the \(file.name)", file.path, line: task.keyMark.line,
        rank: rank)
    }
  }

  private mutating func packageScripts() {
    for file in tree.files where file.name == "package.json" && depth(file.path) <= 3 && !PathKind.isAside(file.path) {
      guard let bytes = tree.bytes(file), let json = try? JSON.parse(bytes),
        case .object(let scripts) = json["scripts"] ?? .null
      else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      let folder = String(file.folder)
      let manager =
        ["pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lockb": "bun", "bun.lock": "bun"].first { lock, _ in
          tree.contains(folder.isEmpty ? lock : folder + "/" + lock) || tree.contains(lock)
        }?.value ?? "npm"
      for script in scripts {
        let ranks = [
          "dev": 45, "start:dev": 46, "start": 47, "serve": 48, "develop": 49, "watch": 90, "build": 135, "test": 136,
          "migrate": 134, "db:migrate": 134,
        ]
        guard let rank = ranks[script.key], case .string(let body) = script.value else { continue }
        add(
          folderPrefix(file.path) + "\(manager) run \(script.key)", "runs `\(String(body.prefix(80)))`", file.path,
          line: text.line(of: "\"\(script.key)\""), rank: rank)
      }
    }
  }

  // MARK: What each platform runs by

  private mutating func platforms() {
    for file in tree.files where !PathKind.isAside(file.path) && depth(file.path) <= 4 {
      let here = folderPrefix(file.path)
      switch file.name {
      case "Procfile", "Procfile.dev":
        for (number, line) in (tree.text(file) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
          .enumerated()
        {
          guard let colon = line.firstIndex(of: ":"),
            line[..<colon].allSatisfy({ $0.isLetter || $0 == "_" || $0 == "-" }), !line.hasPrefix("#")
          else { continue }
          let name = line[..<colon]
          add(
            here + String(line[line.index(after: colon)...].trimmed), "process `\(name)` of the \(file.name)",
            file.path, line: number + 1, rank: name == "web" ? 50 : 95)
        }
      case "manage.py":
        guard tree.text(file)?.contains("django") ?? false else { continue }
        add(here + "python manage.py migrate", "Django: make the tables", file.path, rank: 131)
        add(
          here + "python manage.py runserver", "Django's development server, http://127.0.0.1:8000", file.path, rank: 55
        )
      case "dev" where file.folder.hasSuffix("bin"):
        add(String(file.path), "the project's own script", file.path, rank: 35, depth: depth(file.path) - 1)
      case "rails" where file.path.hasSuffix("bin/rails"):
        let root = file.folder.split(separator: "/").dropLast().joined(separator: "/")
        add(
          (root.isEmpty ? "" : "cd \(root.quotedForShell) && ") + "bin/rails server",
          "Rails, http://127.0.0.1:3000, after `bundle install` and `bin/rails db:prepare`", file.path, rank: 52,
          depth: depth(file.path) - 1)
      case "config.ru":
        add(here + "bundle exec rackup", "the Rack application", file.path, rank: 75)
      case "artisan":
        add(here + "php artisan serve", "Laravel, http://127.0.0.1:8000, after `composer install`", file.path, rank: 56)
      case "console" where file.path.hasSuffix("bin/console"):
        add("symfony server:start", "Symfony's local server, after `composer install`", file.path, rank: 60)
      case "composer.json":
        composer(file)
      case "mix.exs":
        let isPhoenix = tree.text(file)?.contains(":phoenix") ?? false
        add(
          here + (isPhoenix ? "mix phx.server" : "mix run --no-halt"),
          isPhoenix ? "Phoenix, http://127.0.0.1:4000, after `mix setup`" : "the application", file.path, rank: 57)
      case "Cargo.toml":
        cargo(file)
      case "go.mod":
        add(here + "go build ./...", "every package", file.path, rank: 138)
      case "main.go":
        guard let text = tree.text(file), text.contains("func main()"), text.contains("package main") else { continue }
        let folder = String(file.folder)
        let module =
          tree.text("go.mod")?.split(separator: "\n").first?.split(separator: "/").last.map { $0.trimmed } ?? ""
        let isServer = ["server", "api", "web", "http", "app"].contains { folder.hasSuffix($0) }
        add(
          "go run ./\(folder)", "a main package", file.path, line: text.line(of: "func main()"),
          rank: folder.isEmpty ? 60 : isServer || folder.hasSuffix("/" + module) ? 58 : 66,
          depth: max(0, depth(file.path) - 2))
      case "mvnw", "gradlew":
        let isMaven = file.name == "mvnw"
        add(
          here + (isMaven ? "./mvnw spring-boot:run" : "./gradlew bootRun"), "Spring Boot", file.path,
          rank: isSpringBoot(String(file.folder)) ? 54 : 999)
      case "pom.xml":
        let text = tree.text(file) ?? ""
        let folder = String(file.folder)
        if text.contains("spring-boot"), !tree.contains(folder.isEmpty ? "mvnw" : folder + "/mvnw") {
          add(here + "mvn spring-boot:run", "Spring Boot", file.path, rank: 59)
        }
        if text.contains("quarkus-maven-plugin") || text.contains("quarkus") {
          add(here + "mvn quarkus:dev", "Quarkus in development mode", file.path, rank: 58)
        }
        if folder.isEmpty { add("mvn package", "builds and tests all modules", file.path, rank: 110) }
      case "build.gradle", "build.gradle.kts":
        let text = tree.text(file) ?? ""
        let wrapper = tree.contains("gradlew") ? "./gradlew" : "gradle"
        if text.contains("org.springframework.boot") {
          add("\(wrapper) bootRun", "Spring Boot", file.path, rank: 58)
        } else if text.contains("application") && text.contains("mainClass") {
          add("\(wrapper) run", "the application plugin's main class", file.path, rank: 62)
        }
        if file.folder.isEmpty { add("\(wrapper) build", "builds and tests", file.path, rank: 110) }
      case "build.sbt":
        add(here + "sbt run", "the main class", file.path, rank: 63)
      case "Package.swift":
        package(file)
      case "pyproject.toml", "setup.cfg", "setup.py":
        python(file)
      case "Dockerfile":
        add(
          "docker build -t app \(file.folder.isEmpty ? "." : String(file.folder).quotedForShell) && docker run --rm app",
          "the image" + dockerPorts(file), file.path, rank: 100)
      case let name where name.hasSuffix(".csproj"):
        let text = tree.text(file) ?? ""
        if text.contains("Microsoft.NET.Sdk.Web") {
          add("dotnet run --project \(file.path.quotedForShell)", "ASP.NET", file.path, rank: 54)
        } else if text.contains("<OutputType>Exe") {
          add("dotnet run --project \(file.path.quotedForShell)", "a program", file.path, rank: 67)
        }
      default: continue
      }
    }
    commands.removeAll { $0.rank >= 900 }
    pythonApplications()
    nodeMain()
  }

  private func isSpringBoot(_ folder: String) -> Bool {
    for name in ["pom.xml", "build.gradle", "build.gradle.kts"] {
      let text = tree.text(folder.isEmpty ? name : folder + "/" + name) ?? ""
      if text.contains("spring-boot") || text.contains("org.springframework.boot") { return true }
    }
    return false
  }

  private func dockerPorts(_ file: CodeTree.File) -> String {
    let ports = (tree.text(file) ?? "").split(separator: "\n").filter { $0.hasPrefix("EXPOSE") }
      .flatMap { $0.dropFirst(6).split(separator: " ") }
    return ports.isEmpty ? "" : "; exposes " + ports.prefix(6).joined(separator: ", ").forLine
  }

  private mutating func composer(_ file: CodeTree.File) {
    guard let bytes = tree.bytes(file), let json = try? JSON.parse(bytes) else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    if case .object(let scripts) = json["scripts"] ?? .null {
      for script in scripts {
        guard let rank = ["serve": 57, "start": 57, "dev": 57, "test": 136][script.key] else { continue }
        add(
          folderPrefix(file.path) + "composer \(script.key)", "script of composer.json", file.path,
          line: text.line(of: "\"\(script.key)\""), rank: rank)
      }
    }
    let folder = String(file.folder)
    for front in ["public/index.php", "web/index.php", "index.php"]
    where tree.contains(folder.isEmpty ? front : folder + "/" + front) {
      let root = front.contains("/") ? String(front.prefix { $0 != "/" }) : "."
      add(
        folderPrefix(file.path) + "composer install && php -S 127.0.0.1:8080 -t \(root)",
        "PHP's own server with \(front)", file.path, rank: 70)
      break
    }
  }

  private mutating func cargo(_ file: CodeTree.File) {
    let text = tree.text(file) ?? ""
    let folder = String(file.folder)
    let name = text.split(separator: "\n").first { $0.hasPrefix("name") }.flatMap {
      $0.split(separator: "\"").dropFirst().first.map(String.init)
    }
    let hasMain = tree.contains(folder.isEmpty ? "src/main.rs" : folder + "/src/main.rs")
    if hasMain {
      add(
        folder.isEmpty ? "cargo run" : "cargo run -p \((name ?? folder).quotedForShell)", "a binary crate", file.path,
        rank: folder.isEmpty ? 60 : 65)
    }
    if folder.isEmpty { add("cargo build", "the workspace", file.path, rank: 138) }
  }

  private mutating func package(_ file: CodeTree.File) {
    let text = tree.text(file) ?? ""
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.contains(".executable(") || line.contains(".executableTarget(") {
      let rest = text.split(separator: "\n", omittingEmptySubsequences: false)[number...].prefix(3).joined(
        separator: " ")
      guard let key = rest.ranges(of: "name:").first,
        let name = rest[key.upperBound...].split(separator: "\"").dropFirst().first
      else { continue }
      add(
        folderPrefix(file.path) + "swift run \(String(name).quotedForShell)", "an executable product", file.path,
        line: number + 1, rank: 61)
    }
  }

  /// [project.scripts] of pyproject.toml, console_scripts of setup.cfg and setup.py.
  private mutating func python(_ file: CodeTree.File) {
    guard let text = tree.text(file), depth(file.path) <= 1 else { return }
    var section = ""
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let body = line.trimmed
      if body.hasPrefix("[") && body.hasSuffix("]") { section = String(body.dropFirst().dropLast()) }
      if body.hasPrefix("console_scripts") { section = "console_scripts" }
      guard
        section == "project.scripts" || section == "tool.poetry.scripts" || section == "console_scripts"
          || section.contains("console_scripts")
      else { continue }
      guard let equals = body.firstIndex(of: "="), body.contains(":") else {
        if section == "console_scripts", body.hasPrefix("]") || body.hasPrefix("}") { section = "" }
        continue
      }
      let name = body[..<equals].filter { $0.isLetter || $0.isNumber || "-_.".contains($0) }
      guard !name.isEmpty, name != "console_scripts" else { continue }
      add("pip install -e . && \(name)", "the command that the package installs", file.path, line: number + 1, rank: 72)
    }
  }

  /// app = FastAPI() and app = Flask() at the top of a module.
  private mutating func pythonApplications() {
    let usesPoetry = tree.contains("poetry.lock")
    let runner = tree.contains("uv.lock") ? "uv run " : usesPoetry ? "poetry run " : ""
    for file in tree.files
    where file.name.hasSuffix(".py") && !PathKind.isAside(file.path) && depth(file.path) <= 4 && file.size < 400_000 {
      guard let bytes = tree.bytes(file),
        ["FastAPI(", "Starlette(", "Flask(", "__main__"].contains(where: { Hints.contains(bytes, $0) }),
        !CodeTree.isBinary(bytes)
      else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        guard let equals = line.firstIndex(of: "="), let first = line.first, first.isLetter else {
          if line.hasPrefix("def create_app(") || line.hasPrefix("def make_app("), text.contains("Flask(") {
            add(
              "\(runner)flask --app \(module(file.path)) run", "Flask's development server, http://127.0.0.1:5000",
              file.path, line: number + 1, rank: 62, depth: max(0, depth(file.path) - 2))
          }
          continue
        }
        let name = line[..<equals].split(separator: ":").first.map { $0.trimmed } ?? ""
        let value = line[line.index(after: equals)...].trimmed
        guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), !name.isEmpty else { continue }
        if value.hasPrefix("FastAPI(") || value.hasPrefix("Starlette(") {
          add(
            "\(runner)uvicorn \(module(file.path)):\(name) --reload", "an ASGI application, http://127.0.0.1:8000",
            file.path, line: number + 1, rank: 61, depth: max(0, depth(file.path) - 2))
        } else if value.hasPrefix("Flask(") {
          add(
            "\(runner)flask --app \(module(file.path)):\(name) run",
            "Flask's development server, http://127.0.0.1:5000", file.path, line: number + 1, rank: 61,
            depth: max(0, depth(file.path) - 2))
        }
      }
      if text.contains("__name__ == \"__main__\"") || text.contains("__name__ == '__main__'"),
        text.contains(".run(") || text.contains("run_app(") || text.contains("serve_forever(")
          || text.contains(".listen("), depth(file.path) <= 2
      {
        add(
          "\(runner)python \(file.path.quotedForShell)", "a script that serves", file.path,
          line: text.line(of: "__name__ =="), rank: 68)
      }
    }
  }

  private func module(_ path: String) -> String {
    var parts = path.dropLast(3).split(separator: "/").map(String.init)
    if parts.first == "src" { parts.removeFirst() }
    if parts.last == "__init__" { parts.removeLast() }
    return parts.joined(separator: ".")
  }

  private mutating func nodeMain() {
    guard tree.contains("package.json"), !commands.contains(where: { $0.place.file == "package.json" && $0.rank < 50 })
    else { return }
    for name in ["server.js", "app.js", "index.js", "src/index.js", "src/server.js", "lib/main.js", "bin/www"] {
      guard let text = tree.text(name), text.contains("listen(") || text.contains("createServer") else { continue }
      add("node \(name)", "a script that serves", name, line: text.line(of: "listen("), rank: 64)
      break
    }
  }

  // MARK: The README

  private static let starters = [
    "docker compose up", "docker-compose up", "docker run ", "make run", "make serve", "npm start", "npm run ", "yarn ",
    "flask run", "flask --app", "python manage.py runserver",
    "uvicorn ", "gunicorn ", "go run ", "cargo run", "./mvnw ", "mvn ", "./gradlew ", "rails server", "rails s",
    "bundle exec ", "php -S", "php artisan serve",
    "mix phx.server", "swift run", "dotnet run", "node ", "python -m ", "celery ", "./bin/",
  ]

  private mutating func readme() {
    for name in [
      "README.md", "README.rst", "README", "README.txt", "readme.md", "Readme.md", "CONTRIBUTING.md",
      "CONTRIBUTING.rst", "doc/INSTALL", "INSTALL.md", "docs/contributing.md",
    ] {
      guard let text = tree.text(name) else { continue }
      var isInside = false
      var found = 0
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let body = line.trimmed
        if body.hasPrefix("```") || body.hasPrefix("~~~") {
          isInside.toggle()
          continue
        }
        let isCode = isInside || line.hasPrefix("    ") || line.hasPrefix("\t")
        var command = String(body)
        if command.hasPrefix("$ ") || command.hasPrefix("% ") { command.removeFirst(2) }
        guard isCode || body.hasPrefix("$ "), command.count < 160, found < 5 else { continue }
        if command.hasPrefix("sudo ") { command.removeFirst(5) }
        guard RunFinder.starters.contains(where: { command.hasPrefix($0) }) else { continue }
        // Version 1 of Compose, with the hyphen, is no longer made.
        if command.hasPrefix("docker-compose") { command = "docker compose" + command.dropFirst(14) }
        found += 1
        add(command, "from the \(name)", name, line: number + 1, rank: 80 + found)
      }
    }
  }

  // MARK: Packages and versions

  private static let clients: [(names: [String], title: String, kind: String)] = [
    (
      [
        "psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg", "postgres", "pg-promise", "github.com/lib/pq",
        "github.com/jackc/pgx", "tokio-postgres", "postgresql", "npgsql", "npgsql.entityframeworkcore.postgresql",
        "postgrex", "postgres-nio", "postgresnio", "fluent-postgres-driver", "org.postgresql", "ext-pgsql",
      ], "PostgreSQL", "database"
    ),
    (
      [
        "mysqlclient", "pymysql", "mysql2", "mysql", "github.com/go-sql-driver/mysql", "mysql-connector-java",
        "mysql-connector-j", "ext-mysqli", "mysql-connector-python", "trilogy", "myxql",
      ], "MySQL", "database"
    ),
    (
      [
        "sqlite3", "better-sqlite3", "github.com/mattn/go-sqlite3", "modernc.org/sqlite", "rusqlite", "aiosqlite",
        "sqlite-jdbc",
      ], "SQLite", "database"
    ),
    (
      ["pymongo", "motor", "mongoose", "mongodb", "mongoid", "go.mongodb.org/mongo-driver", "mongodb.driver"],
      "MongoDB", "database"
    ),
    (
      [
        "redis", "ioredis", "github.com/redis/go-redis", "github.com/go-redis/redis", "github.com/gomodule/redigo",
        "stackexchange.redis", "jedis", "lettuce-core", "predis/predis", "redix", "django-redis", "connect-redis",
      ], "Redis", "cache"
    ),
    (
      ["pylibmc", "pymemcache", "python-memcached", "dalli", "memcached", "github.com/bradfitz/gomemcache"],
      "Memcached", "cache"
    ),
    (
      [
        "pika", "aio-pika", "amqplib", "bunny", "github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp",
        "amqp-client", "spring-boot-starter-amqp", "lapin", "rabbitmq.client", "php-amqplib/php-amqplib",
      ], "RabbitMQ", "queue"
    ),
    (
      [
        "kafka-python", "confluent-kafka", "aiokafka", "kafkajs", "github.com/segmentio/kafka-go",
        "github.com/ibm/sarama", "github.com/shopify/sarama", "spring-kafka", "kafka-clients", "rdkafka", "ruby-kafka",
        "confluent.kafka", "brod",
      ], "Kafka", "queue"
    ),
    (
      [
        "celery", "rq", "dramatiq", "sidekiq", "resque", "bull", "bullmq", "oban", "hangfire", "good_job",
        "solid_queue",
      ], "a background worker", "queue"
    ),
    (
      ["elasticsearch", "@elastic/elasticsearch", "elasticsearch-py", "opensearch-py"], "Elasticsearch or OpenSearch",
      "search"
    ),
    (
      [
        "boto3", "aws-sdk", "@aws-sdk/client-s3", "github.com/aws/aws-sdk-go", "github.com/aws/aws-sdk-go-v2",
        "aws-sdk-s3",
      ], "AWS", "cloud"
    ),
  ]

  private mutating func packages(_ manifests: Manifests) {
    for client in RunFinder.clients {
      guard let found = manifests.first(client.names), !dependencies.contains(where: { $0.name == client.title }) else {
        continue
      }
      dependencies.append(
        Dependency(
          name: client.title, kind: client.kind, place: found.place, ports: [], note: "package \(found.name)".forLine))
    }
    dependencies.sort { ($0.kind, $0.name, $0.place) < ($1.kind, $1.name, $1.place) }
  }

  private mutating func versions() {
    for (name, title) in [
      (".nvmrc", "Node.js"), (".node-version", "Node.js"), (".python-version", "Python"), (".ruby-version", "Ruby"),
      (".java-version", "Java"), (".swift-version", "Swift"), ("rust-toolchain", "Rust"), (".php-version", "PHP"),
    ] {
      guard let text = tree.text(name), let first = text.split(separator: "\n").first else { continue }
      notes.append(("\(title) \(String(first.trimmed.prefix(40)).forLine)", Place(file: name, line: 1)))
    }
    if let text = tree.text("go.mod"),
      let number = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(where: {
        $0.hasPrefix("go ")
      })
    {
      let line = text.split(separator: "\n", omittingEmptySubsequences: false)[number]
      notes.append(("Go \(String(line.dropFirst(3).prefix(20)).forLine)", Place(file: "go.mod", line: number + 1)))
    }
    if let text = tree.text("pyproject.toml") {
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      where line.hasPrefix("requires-python") {
        notes.append(
          (
            "Python \(line.split(separator: "\"").dropFirst().first.map { String($0.prefix(40)).forLine } ?? "")",
            Place(file: "pyproject.toml", line: number + 1)
          ))
      }
    }
    if tree.contains(".tool-versions") {
      notes.append(("tool versions for asdf or mise", Place(file: ".tool-versions", line: 1)))
    }
    for file in tree.files where depth(file.path) <= 2 && !PathKind.isTest(file.path) {
      let name = file.name
      let isSample =
        (name.hasPrefix(".env") || name.hasSuffix(".env"))
        && (name.contains("example") || name.contains("sample") || name.contains("template") || name.contains("dist"))
      if isSample {
        notes.append(("sample of the configuration: copy it before the first start", Place(file: file.path, line: 1)))
      }
      if name == "devcontainer.json" { notes.append(("a development container", Place(file: file.path, line: 1))) }
    }
  }
}

extension StringProtocol {
  var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }

  /// The number of the first line that holds a text; 1 where none does.
  func line(of wanted: String) -> Int {
    guard let range = self.ranges(of: wanted).first else { return 1 }
    return self[..<range.lowerBound].utf8.count { $0 == 0x0A } + 1
  }
}

extension String {
  /// On one line, without control and direction characters, and of bounded length.
  var forLine: String { onOneLine(atMost: 400) }

  /// As one word for a shell.
  var quotedForShell: String {
    !isEmpty
      && utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "-_./@+".utf8.contains($0)
      }
      ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
