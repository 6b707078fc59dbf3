import Foundation
import Processes
import Testing

@testable import Orientation

@Suite("What else is found")
struct FindersTests {
  @Test("How to run it, and what it needs")
  func run() throws {
    let folder = try Folder([
      "compose.yaml": """
      services:
        web:
          build: .
          ports: ["8000:8000"]
        db:
          image: postgres:16
          ports:
            - "5432:5432"
        cache: {image: "redis:7"}
      """,
      "Makefile": ".PHONY: run\nrun: build\n\tgo run .\nX := run:\n",
      "package.json": #"{"scripts": {"dev": "vite", "lint": "eslint ."}, "dependencies": {"amqplib": "^0.10"}}"#,
      "yarn.lock": "",
      "README.md": "# X\n\n```sh\n$ docker-compose up -d\n```\n",
    ])
    let report = folder.report
    #expect(report.commands.first?.command == "docker compose up")
    #expect(report.commands.map(\.command).contains("make run"))
    #expect(report.commands.map(\.command).contains("yarn run dev"))
    #expect(report.commands.map(\.command).contains("docker compose up -d"))
    #expect(report.dependencies.map(\.name) == ["Redis", "PostgreSQL", "RabbitMQ"])
    #expect(report.dependencies.first { $0.name == "PostgreSQL" }?.ports == ["5432:5432"])
    let text = report.markdown
    #expect(!text.contains("docker-compose"))
    #expect(text.contains("First hour in sample"))
  }

  @Test("A compose file with anchors is read line by line, and that is said")
  func anchors() throws {
    let report = try Folder([
      "docker-compose.yml": """
      x-base: &base
        restart: always
      services:
        app:
          <<: *base
          build: .
        db:
          image: mysql:8
      """
    ]).report
    #expect(report.commands.first?.command == "docker compose up")
    #expect(report.dependencies.map(\.name) == ["MySQL"])
    #expect(report.remarks.contains { $0.contains("docker-compose.yml") && $0.contains("line by line") })
  }

  @Test("Tests are matched by path, verb, handler and name")
  func tests() throws {
    let folder = try Folder([
      "app.py": """
      from flask import Flask
      app = Flask(__name__)
      @app.get("/users/<int:id>")
      def show_one_user(id): ...
      @app.post("/users/<int:id>")
      def change(id): ...
      @app.get("/users/new")
      def new(): ...
      @app.get("/reports/yearly")
      def yearly_report_page(): ...
      @app.get("/nobody")
      def nobody_asks(): ...
      """,
      "tests/test_app.py": """
      def test(client):
          client.get("/users/17?x=1")
          client.get("/users/new")
          assert yearly_report_page()
      """,
    ])
    let routes = folder.report.routes
    func tests(_ method: String, _ path: String) -> [String]? {
      routes.first { $0.method == method && $0.path == path }.map { $0.tests.map(\.text) }
    }
    #expect(tests("GET", "/users/<int:id>") == ["tests/test_app.py:2"])
    #expect(tests("POST", "/users/<int:id>") == [])
    #expect(tests("GET", "/users/new") == ["tests/test_app.py:3"])
    #expect(tests("GET", "/reports/yearly") == ["tests/test_app.py:4"])
    #expect(tests("GET", "/nobody") == [])
  }

  @Test(
    "Migrations of every tool",
    arguments: [
      ("db/migrate/20240101000000_create_users.rb", "create_table :users do |t|", "Rails"),
      ("app/migrations/0001_initial.py", "migrations.CreateModel(name='User')", "Django"),
      ("alembic/versions/1a2b_init.py", "op.create_table('users')", "Alembic"),
      ("src/main/resources/db/migration/V1__init.sql", "CREATE TABLE users (id int);", "Flyway"),
      ("db/migrations/000001_init.up.sql", "CREATE TABLE users (id int);", "golang-migrate"),
      ("prisma/migrations/20240101_init/migration.sql", "CREATE TABLE \"users\" (id int);", "Prisma"),
      ("priv/repo/migrations/20240101_users.exs", "create table(:users) do", "Ecto"),
      ("database/migrations/2024_01_01_users.php", "<?php Schema::create('users', function () {});", "Laravel"),
      ("migrations/20240101_users.js", "knex.schema.createTable('users', t => {})", "Knex"),
      ("migrations/2024-01-01-000000_users/up.sql", "CREATE TABLE users (id int);", "Diesel"),
    ])
  func migrations(_ path: String, _ text: String, _ tool: String) throws {
    let schema = try Folder([path: text + "\n"]).report.schema
    #expect(schema.migrations.map(\.tool) == [tool])
    #expect(schema.migrations.first?.count == 1)
    if tool != "Django" { #expect(schema.tables.map(\.name) == ["users"]) }
  }

  @Test("Observability found, and its absence said")
  func observability() throws {
    let some = try Folder([
      "requirements.txt": "prometheus-client==0.20\nstructlog\nsentry-sdk[flask]\n",
      "deploy/rules.yml": "groups:\n- rules:\n  - alert: Down\n    expr: up == 0\n",
      "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/healthz')\ndef h(): ...\n",
    ]).report
    #expect(some.signals.map(\.kind) == ["metrics", "logs", "alerts", "errors", "health"])
    #expect(try Folder(["a.py": "x = 1\n"]).report.signals.isEmpty)
  }

  @Test("OpenAPI in JSON and YAML, Swagger 2, and YAML with anchors")
  func descriptions() throws {
    let report = try Folder([
      "docs/openapi.yaml":
        "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\nservers: [{url: 'https://x.example/v1'}]\npaths:\n  /items:\n    get: {operationId: list}\n    post: {}\n    parameters: []\n",
      "swagger.json": #"{"swagger": "2.0", "basePath": "/api", "paths": {"/a/{b}": {"delete": {}}}}"#,
      "anchored.yml": "openapi: 3.1.0\nx: &x {a: 1}\npaths:\n  /p:\n    get:\n      x: *x\n    put: {}\n",
      "other.json": #"{"swagger": 1}"#,
    ]).report
    #expect(
      report.descriptions.map {
        "\($0.file) \($0.version) " + $0.operations.map { "\($0.method) \($0.path)" }.joined(separator: " ")
      } == [
        "anchored.yml 3.1.0 GET /p PUT /p", "docs/openapi.yaml 3.0.3 GET /v1/items POST /v1/items",
        "swagger.json 2.0 DELETE /api/a/{b}",
      ])
    #expect(report.descriptions.first?.remark != nil)
  }

  @Test("A trace follows handler, service and database by name")
  func trace() throws {
    let report = try Folder([
      "app.py": """
      from flask import Blueprint
      from service import load_order
      bp = Blueprint("orders", __name__)
      @bp.get("/health")
      def health(): ...
      @bp.get("/orders/<int:id>")
      @login_required
      def show_order(id):
          if not valid_id(id):
              abort(404)
          return load_order(id)
      @bp.post("/orders")
      def create_order():
          return load_order(1)
      """,
      "service.py": "def load_order(id):\n    return find_order_row(id)\n",
      "repository.py": "def find_order_row(id):\n    return session.query(Order)\n",
    ]).report
    #expect(report.get?.route.path == "/orders/<int:id>")
    #expect(
      report.get?.steps.map { "\($0.name) \($0.place.text)" } == [
        "show_order app.py:8", "load_order service.py:1", "find_order_row repository.py:1",
      ])
    #expect(Set(report.get?.signs.map(\.kind) ?? []) == ["auth", "validation", "errors", "database"])
    #expect(report.post?.route.path == "/orders")
  }

  @Test("The history's repairs, without the repository's own programs")
  func history() throws {
    let folder = try Folder(["a.txt": "1"])
    let git = try #require(Subprocess.find("git", in: ["PATH": "/usr/bin:/bin"]), "git is not installed")
    func run(_ arguments: String..., at date: String = "2026-01-01T00:00:00Z") throws {
      _ = try Subprocess.run(
        git, ["-C", folder.path] + arguments,
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": folder.path, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
          "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": date,
          "GIT_AUTHOR_DATE": date,
        ], seconds: 20)
    }
    try run("init", "-q")
    for (number, subject) in [
      "Add a thing", "Fix crash at start", "Fix typo in README", "Revert the fix", "Prefix all names",
    ].enumerated() {
      try folder.write("a.txt", "\(number)")
      try run("add", "a.txt")
      try run("commit", "-qm", subject)
    }
    // What a hostile repository would run.
    let trap = folder.path + "/trap"
    try folder.write("trap.sh", "#!/bin/sh\ntouch \(trap)\n")
    chmod(folder.path + "/trap.sh", 0o755)
    for key in [
      "core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "gpg.program", "pager.log", "core.editor",
    ] {
      try run("config", key, folder.path + "/trap.sh")
    }
    try run("config", "log.showSignature", "true")
    try run("config", "alias.log", "!touch \(trap)")
    let history = folder.report.history
    #expect(history.fixes.map(\.subject) == ["Revert the fix", "Fix crash at start"])
    #expect(history.fixes.first?.date == "2026-01-01")
    #expect(history.looked == 5 && history.hot.map(\.path) == ["a.txt"])
    #expect(!FileManager.default.fileExists(atPath: trap))
  }

  @Test("Without history the change log speaks")
  func changelog() throws {
    let history = try Folder([
      "CHANGELOG.md": "# 1.1\n- Add x\n- Fix a deadlock on shutdown\n", "docs/postmortems/2024-01.md": "x",
    ]).report.history
    #expect(history.changes.map(\.text) == ["Fix a deadlock on shutdown"])
    #expect(history.documents.map(\.file) == ["docs/postmortems/2024-01.md"])
    #expect(history.remark != nil)
  }

  @Test("The marker tells an edited document from one as it was written")
  func marker() {
    let text = OrientationMarker.marked("# A\n\nb\n")
    #expect(OrientationMarker.state(of: Array(text.utf8)) == .untouched)
    #expect(OrientationMarker.state(of: Array(text.replacing("\n", with: "\r\n").utf8)) == .untouched)
    #expect(OrientationMarker.state(of: Array(text.replacing("\nb\n", with: "\nc\n").utf8)) == .edited)
    #expect(OrientationMarker.state(of: Array((text + "more\n").utf8)) == .edited)
    #expect(OrientationMarker.state(of: Array("# A\n".utf8)) == .foreign)
    #expect(OrientationMarker.state(of: [0xFF, 0x00]) == .foreign)
  }
}
