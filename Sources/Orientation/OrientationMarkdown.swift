extension OrientationReport {
  /// Rows of a table of the document; the rest is in the JSON.
  private static let mostRows = 300

  /// The document, without its marker.
  public var markdown: String {
    var out = Paper()
    out.line("# First hour in \(name.plain)")
    out.line()
    out.line(
      "\(steps.map(\.minutes).reduce(0, +)) minutes in \(steps.count) steps. What could be read off the files is filled in; the boxes are yours. "
        + "Nothing of the project was run\(sizes == nil ? "" : ", and the database was only read").")
    out.line()
    let known = languages.prefix(5).map { "\($0.name) \($0.files)" }.joined(separator: ", ")
    out.line(
      "\(fileCount) files\(known.isEmpty ? "" : ", of them code: \(known)"). \(routes.count) routes, \(testFiles.count) test files."
    )
    out.line()
    out.line("| minutes | step | found |")
    out.line("| ---: | --- | --- |")
    for step in steps {
      out.line("| \(step.minutes) | \(step.statement) \(step.title.plain) | \(headline(step.statement)) |")
    }
    for (number, step) in steps.enumerated() {
      out.line()
      out.line("## \(number + 1). \(step.title.plain) (\(step.minutes) min)")
      out.line()
      switch step.statement {
      case "OR-1": run(&out)
      case "OR-2": surface(&out)
      case "OR-3": database(&out)
      case "OR-4": traces(&out)
      case "OR-5": observability(&out)
      case "OR-6": failures(&out)
      default: break
      }
      out.section("Left for you", step.task)
      out.section("Write down", step.writeDown)
      out.section("If it fails", step.ifItFails)
    }
    if !remarks.isEmpty {
      out.line()
      out.line("## What was not looked at")
      out.line()
      for remark in remarks { out.line("- \(remark.plain)") }
    }
    return out.text
  }

  private func headline(_ statement: String) -> String {
    switch statement {
    case "OR-1": return commands.first.map { $0.command.code } ?? "no way to start it"
    case "OR-2":
      if routes.isEmpty {
        let operations = descriptions.map(\.operations.count).reduce(0, +)
        return operations > 0 ? "\(operations) operations described, no routes in code" : "no routes"
      }
      return "\(routes.count) routes, \(tested.count) of them spoken of in tests"
    case "OR-3":
      let sets = schema.migrations.count
      if let sizes { return "\(sizes.tables.count) largest tables of \(sizes.database.code)" }
      return sets == 0 && schema.tableCount == 0
        ? "no schema" : "\(schema.tableCount) tables, \(sets) folder\(sets == 1 ? "" : "s") of migrations"
    case "OR-4":
      return [get, post].compactMap { $0.map { "\($0.route.method) \($0.route.path)".code } }.joined(separator: ", ")
        .orElse("no route to follow")
    case "OR-5":
      return Set(signals.map(\.kind)).isEmpty
        ? "nothing: adding it is the first task"
        : ["metrics", "logs", "traces", "alerts", "errors", "dashboards", "health"].filter { kind in
          signals.contains { $0.kind == kind }
        }.joined(separator: ", ")
    case "OR-6":
      if !history.fixes.isEmpty {
        return "\(history.fixes.count) latest repairs, \(history.documents.count) documents on incidents"
      }
      return history.changes.isEmpty ? "no history" : "\(history.changes.count) lines of the change log"
    default: return ""
    }
  }

  // MARK: OR-1

  private func run(_ out: inout Paper) {
    if let first = commands.first {
      out.line("Start with this:")
      out.line()
      out.line("```sh")
      out.line(first.command)
      out.line("```")
      out.line()
      out.line("From \(first.place.shown): \(first.note.plain).")
    } else {
      out.line("No compose file, Makefile, script or framework that says how to start it was found.")
    }
    let others = commands.dropFirst().prefix(14)
    if !others.isEmpty {
      out.line()
      out.line("| also | what | from |")
      out.line("| --- | --- | --- |")
      for command in others { out.line("| \(command.command.code) | \(command.note.cell) | \(command.place.shown) |") }
    }
    out.line()
    if dependencies.isEmpty {
      out.line("No database, cache or queue is named by compose files or packages.")
    } else {
      out.line("| it needs | kind | ports | from |")
      out.line("| --- | --- | --- | --- |")
      for dependency in dependencies {
        out.line(
          "| \(dependency.name.cell) | \(dependency.kind) | \(dependency.ports.joined(separator: ", ").cell) | \(dependency.place.shown), \(dependency.note.cell) |"
        )
      }
    }
    if !notes.isEmpty {
      out.line()
      for note in notes.prefix(12) { out.line("- \(note.text.plain): \(note.place.shown)") }
    }
  }

  // MARK: OR-2

  private func surface(_ out: inout Paper) {
    if routes.isEmpty {
      out.line("No routes of a framework that is known here were found in the code.")
    } else {
      let frameworks = Dictionary(grouping: routes, by: \.framework).sorted {
        ($1.value.count, $0.key) < ($0.value.count, $1.key)
      }
      out.line(
        "\(routes.count) routes: " + frameworks.map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
          + ". \(tested.count) of them are spoken of in tests, \(routes.count - tested.count) are not. That is a comparison of texts: a path, a handler or a route's name stands in a test file. It does not show that the test asserts anything, and a test that builds its paths from parts is missed."
      )
      out.line()
      out.line("| method | path | handler | at | in tests |")
      out.line("| --- | --- | --- | --- | --- |")
      for route in routes.prefix(OrientationReport.mostRows) {
        out.line(
          "| \(route.method) | \(route.path.code)\(route.isWhole ? "" : " (in part computed)") | \(route.handler?.code ?? "") | \(route.place.shown) | \(route.tests.first?.shown ?? "none seen") |"
        )
      }
      if routes.count > OrientationReport.mostRows {
        out.line()
        out.line("\(routes.count - OrientationReport.mostRows) more: `plumbline orient --format json`.")
      }
    }
    if !computed.isEmpty {
      out.line()
      let places = computed.prefix(8).map(\.shown).joined(separator: ", ")
      out.line(
        "\(computed.count) more registration\(computed.count == 1 ? " has a path" : "s have paths") that the code computes: \(places)\(computed.count > 8 ? " …" : "")."
      )
    }
    for description in descriptions.prefix(20) where !description.operations.isEmpty {
      out.line()
      let kind = description.version.hasPrefix("2") ? "Swagger" : "OpenAPI"
      out.line(
        "\(kind) \(description.version.plain) in \(description.file.code): \(description.operations.count) operations"
          + (routes.isEmpty ? "." : ", \(described(description)) of them found in the code."))
      if routes.isEmpty {
        out.line()
        out.line("| method | path | operation | at |")
        out.line("| --- | --- | --- | --- |")
        for operation in description.operations.prefix(OrientationReport.mostRows) {
          out.line(
            "| \(operation.method) | \(operation.path.code) | \(operation.handler?.code ?? "") | \(operation.place.shown) |"
          )
        }
      }
    }
  }

  // MARK: OR-3

  private func database(_ out: inout Paper) {
    if let sizes {
      out.line(
        "The largest tables of \(sizes.database.code) on PostgreSQL \(sizes.server.plain), indexes and out-of-line values counted in the total:"
      )
      out.line()
      out.line("| table | rows, estimated | table | indexes | total |")
      out.line("| --- | ---: | ---: | ---: | ---: |")
      for table in sizes.tables {
        out.line(
          "| \(table.name.code) | \(table.rows.map { "\($0)" } ?? "not analysed") | \(table.tableBytes.asBytes) | \(table.indexBytes.asBytes) | \(table.totalBytes.asBytes) |"
        )
      }
      for table in sizes.tables where !table.indexes.isEmpty {
        out.line()
        out.line("Indexes of \(table.name.code):")
        out.line()
        for index in table.indexes.prefix(20) { out.line("- \(index.code)") }
      }
      out.line()
    }
    if schema.migrations.isEmpty, schema.tableCount == 0 {
      out.line("No migrations and no schema file were found.")
    }
    if !schema.migrations.isEmpty {
      out.line("| migrations | in | count | latest | what is applied |")
      out.line("| --- | --- | ---: | --- | --- |")
      for found in schema.migrations.prefix(20) {
        out.line(
          "| \(found.tool) | \(found.folder.orElse(".").code) | \(found.count) | \(found.latest.code) | \(found.status?.code ?? "") |"
        )
      }
      if schema.migrations.count > 20 { out.line("| … | \(schema.migrations.count - 20) more folders | | | |") }
      out.line()
    }
    for file in schema.files.prefix(12) {
      out.line("- schema in \(file.place.file.code): \(file.tables) table\(file.tables == 1 ? "" : "s")")
    }
    if !schema.tables.isEmpty {
      if !schema.files.isEmpty { out.line() }
      out.line(
        "\(schema.tableCount) tables are made by name. Those that migrations and schema files touch most: "
          + schema.tables.prefix(12).map { "\($0.name.code) (\($0.place.shown))" }.joined(separator: ", ") + ".")
    }
    if sizes == nil {
      out.line()
      out.line(
        "Sizes need the database. `plumbline orient --database URL` asks it, or run this; `\\dt+` leaves out the indexes:"
      )
      out.line()
      out.line("```sql")
      out.line(DatabaseSizes.query)
      out.line("```")
      out.line()
      out.line("Then `\\d TABLE` for the columns and indexes of the largest.")
    }
  }

  // MARK: OR-4

  private func traces(_ out: inout Paper) {
    guard get != nil || post != nil else {
      out.line("No route was found that is worth following.")
      return
    }
    out.line(
      "Chosen because its resource has the most routes, its path takes a parameter and its handler has a name; the second is of the same resource if there is one. The steps follow names, so check each."
    )
    for trace in [get, post].compactMap({ $0 }) {
      out.line()
      out.line("### \(trace.route.method) \(trace.route.path.code)")
      out.line()
      out.line("1. route: \(trace.route.place.shown)")
      for (number, step) in trace.steps.enumerated() {
        out.line("\(number + 2). \(step.name.code): \(step.place.shown)")
      }
      if trace.steps.isEmpty { out.line("2. the handler was not found by its name") }
      out.line()
      for (kind, title) in [
        ("auth", "authentication"), ("validation", "validation"), ("errors", "error handling"),
        ("database", "database"),
      ] {
        let signs = trace.signs.filter { $0.kind == kind }
        out.line(
          "- \(title): "
            + (signs.isEmpty
              ? "nothing seen on this way; look at the middleware"
              : signs.map { "\($0.word.code) \($0.place.shown)" }.joined(separator: ", ")))
      }
    }
    if get == nil { out.line("\nNo GET was found.") }
    if post == nil { out.line("\nNo POST was found.") }
  }

  // MARK: OR-5

  private func observability(_ out: inout Paper) {
    if signals.isEmpty {
      out.line(
        "No metrics, structured logs, traces, alerts, error tracker or health endpoint was found. **First task: add it.** Begin with request rate, errors and duration of each route, structured logs with a request id, and one alert that reaches a person."
      )
      return
    }
    out.line("| | found | at |")
    out.line("| --- | --- | --- |")
    for signal in signals.prefix(60) { out.line("| \(signal.kind) | \(signal.what.cell) | \(signal.place.shown) |") }
    let missing = missingSignals
    if !missing.isEmpty {
      out.line()
      let names = ["metrics": "metrics", "logs": "structured logs", "alerts": "alert rules"]
      out.line(
        "Not found in the code: \(missing.compactMap { names[$0] }.joined(separator: ", ")). They may live elsewhere: ask. **If they do not, adding them is the first task.**"
      )
    }
  }

  // MARK: OR-6

  private func failures(_ out: inout Paper) {
    for document in history.documents { out.line("- a document on incidents: \(document.file.code)") }
    if !history.documents.isEmpty { out.line() }
    if let remark = history.remark { out.line("No commits were read: \(remark.plain).") }
    if !history.fixes.isEmpty {
      out.line("Of the last \(history.looked) commits, \(history.fixCount) read like a repair. The latest:")
      out.line()
      out.line("| date | commit | subject |")
      out.line("| --- | --- | --- |")
      for fix in history.fixes { out.line("| \(fix.date) | \(fix.id.code) | \(fix.subject.cell) |") }
      if !history.hot.isEmpty {
        out.line()
        out.line(
          "Files that these repairs changed most often: "
            + history.hot.map { "\($0.path.code) \($0.count)×" }.joined(separator: ", ") + ".")
      }
    } else if history.remark == nil {
      out.line("Of the last \(history.looked) commits none reads like a repair.")
    }
    if !history.changes.isEmpty {
      out.line()
      out.line("Repairs that the change log names:")
      out.line()
      for change in history.changes { out.line("- \(change.text.plain) (\(change.place.shown))") }
    }
  }
}

/// Lines of a document.
struct Paper {
  private(set) var text = ""

  mutating func line(_ line: String = "") { text += line + "\n" }

  mutating func section(_ title: String, _ body: String) {
    guard !body.isEmpty else { return }
    line()
    line("**\(title)**")
    line()
    line(body)
  }
}

extension Place {
  /// As inline code.
  var shown: String { text.forLine.code }
}

extension String {
  /// As inline code in a table or out of it: backticks and bars cannot stand in it.
  var code: String {
    let clean = forLine
    guard !clean.isEmpty else { return "" }
    let safe = clean.replacing("|", with: "\\|")
    guard safe.contains("`") else { return "`\(safe)`" }
    // More backticks around than inside.
    var longest = 0
    var run = 0
    for character in safe {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return "\(fence) \(safe) \(fence)"
  }

  /// As plain text: nothing in it is Markdown.
  var plain: String {
    var text = ""
    for character in forLine {
      if "\\`*_[]<>|#".contains(character) { text.append("\\") }
      text.append(character)
    }
    return text
  }

  var cell: String { plain }

  func orElse(_ other: String) -> String { isEmpty ? other : self }
}

extension Int {
  /// Bytes with a decimal unit.
  var asBytes: String {
    var value = Double(self)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return "\(self) B" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 || value >= 100
      ? "\((tenths + 5) / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
