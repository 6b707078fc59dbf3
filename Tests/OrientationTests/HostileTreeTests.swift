import Foundation
import TestSupport
import Testing
import TextFormats

@testable import Orientation

@Suite("Hostile trees")
struct HostileTreeTests {
  @Test("Binary files, broken links, circles, links outside, pipes, names that are not UTF-8, deep nesting")
  func oddities() throws {
    let folder = try Folder(["app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef x(): ...\n"]
    )
    let path = folder.path
    try folder.write("binary.py", Data((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }))
    try folder.write("latin1.py", Data("# caf\u{E9}".unicodeScalars.map { UInt8($0.value) }))
    try folder.write("empty.py", "")
    symlink("nowhere", path + "/broken")
    symlink("circle", path + "/circle")
    symlink(".", path + "/self")
    symlink("/etc/passwd", path + "/outside.py")
    symlink("/", path + "/root")
    symlink("app.py", path + "/inside.py")
    mkfifo(path + "/pipe.py", 0o600)
    var name = Array("na\u{FF}me.go".unicodeScalars.map { CChar(truncatingIfNeeded: $0.value) }) + [0]
    name = Array((path + "/").utf8.map { CChar(bitPattern: $0) }) + name
    let file = open(name, O_CREAT | O_WRONLY, 0o600)
    #expect(file >= 0)
    close(file)
    var deep = path
    for _ in 0..<90 {
      deep += "/d"
      mkdir(deep, 0o700)
    }
    let tree = folder.tree
    #expect(tree.omissions.brokenLinks == ["broken", "circle"])
    #expect(tree.omissions.linksOutside == ["outside.py", "root"])
    #expect(tree.omissions.linksInside == 1)
    #expect(tree.omissions.special == ["pipe.py"])
    #expect(tree.omissions.tooDeep.count == 1)
    #expect(tree.files.contains { $0.path == "na\u{FFFD}me.go" })
    let report = folder.report
    #expect(report.routes.map(\.path) == ["/x", "/x"])
    #expect(report.remarks.contains { $0.contains("lead nowhere") })
  }

  @Test("What cannot be read is named", .enabled(if: getuid() != 0, "as root everything can be read"))
  func unreadable() throws {
    let folder = try Folder(["closed/a.py": "x", "b.py": "y"])
    chmod(folder.path + "/closed", 0)
    #expect(folder.tree.omissions.unreadable == ["closed/"])
    #expect(folder.report.remarks.contains { $0.contains("could not be read") })
    chmod(folder.path + "/closed", 0o700)
  }

  @Test("Very many files, one of 200 MB, and the limits said")
  func huge() throws {
    let folder = try Folder()
    let count = size(5_000, full: 100_000)
    for index in 0..<count {
      if index % 1000 == 0 { mkdir(folder.path + "/d\(index / 1000)", 0o700) }
      let file = open(folder.path + "/d\(index / 1000)/f\(index).js", O_CREAT | O_WRONLY, 0o600)
      close(file)
    }
    truncate(folder.path + "/d0/f0.js", 200 << 20)
    let tree = folder.tree
    #expect(tree.files.count == count)
    #expect(tree.omissions.tooLarge == ["d0/f0.js"])
    #expect(folder.report.routes.isEmpty)
    var limits = CodeTree.Limits()
    limits.entries = 100
    let cut = CodeTree(root: folder.path, limits: limits)
    #expect(cut.omissions.isCut && cut.files.count <= 100)
  }

  @Test("Vendored folders are left out and counted; a person's build folder is not")
  func vendored() throws {
    let route = "const app = require('express')(); app.get('/x', h);"
    let folder = try Folder([
      "node_modules/a/index.js": route, "vendor/b.js": route, "src/build/c.js": route, "package.json": "{}",
      "dist/d.js": route,
    ])
    #expect(folder.tree.omissions.skippedFolders == ["dist", "node_modules", "vendor"])
    #expect(folder.report.routes.map(\.place.file) == ["src/build/c.js"])
  }

  /// Texts that would make a careless reader slow or deep.
  static let bombs: [(String, String, @Sendable (Int) -> String)] = [
    ("brackets.js", "[[[[", { String(repeating: "[({", count: $0) }),
    ("closing.js", "]]]]", { String(repeating: "])}", count: $0) }),
    ("mixed.go", "([)]", { String(repeating: "([)]", count: $0) }),
    ("regex.js", "=/[", { String(repeating: "=/[/", count: $0) }),
    ("slashes.js", "/ /", { "x = " + String(repeating: "a / b / ", count: $0) }),
    ("template.js", "${", { String(repeating: "`${", count: $0) }),
    ("quotes.py", "\"\"\"", { String(repeating: "\"\"\"'''", count: $0) }),
    ("fstring.py", "f\"{", { "x = " + String(repeating: "f\"{", count: $0) }),
    ("heredoc.rb", "<<A", { String(repeating: "x <<A, <<B\n", count: $0) }),
    ("percent.rb", "%w(", { String(repeating: "%w(", count: $0) }),
    ("ends.rb", "do", { "get '/x' do\n" + String(repeating: "if x do\n", count: $0) }),
    ("comment.rs", "/*", { String(repeating: "/*", count: $0) }),
    ("raw.rs", "r###", { String(repeating: "r#\"", count: $0) }),
    ("heredoc.php", "<<<", { "<?php " + String(repeating: "<<<A\n", count: $0) }),
    (
      "router.go", "r.Group",
      { n in "func f(r *gin.Engine) {\n" + String(repeating: "r = r.Group(\"/a\")\n", count: n) + "r.GET(\"/x\", h)\n}"
      }
    ),
    (
      "router.py", "include",
      { n in
        "from fastapi import APIRouter\nr = APIRouter()\n"
          + String(repeating: "r.include_router(r, prefix='/a')\n@r.get('/x')\ndef f(): ...\n", count: n / 4)
      }
    ),
    (
      "app.js", "use",
      { n in
        "const express = require('express');const app = express();\n"
          + String(repeating: "app.use('/a', app); app.get('/x', h);\n", count: n / 4)
      }
    ),
    (
      "chain.rs", ".route",
      { n in "fn f() -> Router { Router::new()" + String(repeating: ".route(\"/x\", get(h))", count: n / 4) + " }" }
    ),
    (
      "config/routes.rb", "resources",
      { n in
        "Rails.application.routes.draw do\n" + String(repeating: "resources :a do\n", count: n / 8)
          + String(repeating: "end\n", count: n / 8) + "end"
      }
    ),
    (
      "config/routes/loop.rb", "concern",
      { n in
        "concern :a do\nconcerns :a\nconcerns :a\nend\nconcerns :a\n"
          + String(repeating: "%w(a b c d).each do |x|\n", count: 30) + "get x\n"
          + String(repeating: "end\n", count: 30)
      }
    ),
    (
      "urls.py", "include",
      { n in
        "from django.urls import path, include\nurlpatterns = "
          + String(repeating: "[path('a/', include(", count: min(n, 20_000))
      }
    ),
    ("docker-compose.yml", "a:", { n in "services:\n  a: " + String(repeating: "[", count: n) }),
    (
      "openapi.json", "{",
      { n in
        "{\"openapi\": \"3.0\", \"paths\": {" + (0..<n / 4).map { "\"/p\($0)\": {\"get\": {}}" }.joined(separator: ",")
          + "}}"
      }
    ),
    (
      "package.json", "{",
      { n in "{\"scripts\": {" + (0..<n / 4).map { "\"s\($0)\": \"x\"" }.joined(separator: ",") + "}}" }
    ),
    ("README.md", "```", { n in String(repeating: "```\n$ npm start\n", count: n / 4) }),
    ("migrations/0001_x.sql", "CREATE TABLE", { n in String(repeating: "CREATE TABLE ", count: n) }),
    (
      "Api.java", "@",
      { n in "@RestController class A {" + String(repeating: "@GetMapping(\"/x\") ", count: n / 4) + " void f() {} }" }
    ),
    ("generics.java", "<", { n in "class A extends B" + String(repeating: "<C", count: n) + "{}" }),
    (
      "Program.cs", "MapGroup",
      { n in "var app = x;\n" + String(repeating: "app.MapGroup(\"/a\").", count: n / 4) + "MapGet(\"/x\", h);" }
    ),
    (
      "routes/web.php", "Route",
      { n in
        "<?php\n" + String(repeating: "Route::prefix('a')->group(function () {\n", count: min(n / 8, 300))
          + "Route::get('/x', 'C@m');"
      }
    ),
    ("router.ex", "scope", { n in String(repeating: "scope \"/a\" do\n", count: n / 8) + "pipe_through :x\n" }),
    (
      "routes.swift", "group",
      { n in
        "import Vapor\nfunc routes(_ app: Application) {\n"
          + String(repeating: "app.group(\"a\") { app in\n", count: n / 8)
      }
    ),
  ]

  @Test("Bombs are read in time that grows with their length", arguments: bombs.indices)
  func bomb(_ index: Int) throws {
    let (name, _, make) = HostileTreeTests.bombs[index]
    func time(_ count: Int) throws -> Double {
      let folder = try Folder([name: make(count)])
      let start = HostileTreeTests.processorTime
      _ = folder.report.markdown
      return HostileTreeTests.processorTime - start
    }
    _ = try time(200)
    let small = try time(4_000)
    let large = try time(16_000)
    // Four times the text may take eight times as long, and a fixed amount: sixteen would be a square.
    #expect(large < small * 8 + 1, "\(name): \(small) s then \(large) s")
  }

  /// Seconds that this thread has computed: other tests run beside it.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test("The same tree gives the same bytes")
  func deterministic() throws {
    let folder = try Folder([
      "a.py":
        "from flask import Flask\napp = Flask(__name__)\n@app.get('/a')\ndef a(): ...\n@app.post('/b')\ndef b(): ...\n",
      "go.mod": "module x\ngo 1.22\n", "main.go": "package main\nfunc main() { http.HandleFunc(\"/go\", h) }\n",
      "compose.yaml": "services: {db: {image: postgres}, q: {image: nats}}\n",
      "migrations/0001_a.sql": "CREATE TABLE a (x int);\n", "migrations/0002_b.sql": "CREATE TABLE b (x int);\n",
    ])
    let first = folder.report
    for _ in 0..<5 {
      let again = folder.report
      #expect(again.markdown == first.markdown)
      #expect(again.json.pretty == first.json.pretty)
    }
  }

  @Test("Nothing in a tree can break out of the document")
  func injection() throws {
    let folder = try Folder([
      "a`|b\n# heading\n.py":
        "from flask import Flask\napp = Flask(__name__)\n@app.get('/x|`<script>alert(1)</script>\\n# y')\ndef x(): ...\n",
      "Procfile": "web: echo '```' | rm -rf <b>\n",
    ])
    let text = folder.report.markdown
    for line in text.split(separator: "\n") {
      #expect(!line.hasPrefix("# heading") && !line.hasPrefix("# y"))
      if line.hasPrefix("|") { #expect(line.hasSuffix("|")) }
    }
  }
}
