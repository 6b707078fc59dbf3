import Foundation
import MigrationAnalysis
import Processes
import Testing

/// Cases of `Fixtures`, and what squawk says of them.
enum Cases {
  struct Case: Sendable, CustomStringConvertible {
    let rule: String
    let violates: Bool
    let sql: String
    var description: String { "\(rule): \(sql)" }
  }

  static let all: [Case] = {
    var rule = ""
    return lines("cases.txt").compactMap { line in
      if line.hasPrefix("[") {
        rule = String(line.dropFirst().dropLast())
        return nil
      }
      return Case(rule: rule, violates: line.hasPrefix("+ "), sql: String(line.dropFirst(2)))
    }
  }()

  /// The name of a row of the table, and a case of it.
  static let differences: [(name: String, sql: String)] = lines("differences.txt").compactMap { line in
    let parts = line.split(separator: ":", maxSplits: 1)
    return parts.count == 2 ? (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)) : nil
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL

  private static func lines(_ name: String) -> [String] {
    let file = root.appending(path: "Tests/MigrationAnalysisTests/Fixtures/\(name)")
    return (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("#") } ?? []
  }

  static func rules(_ sql: String) -> Set<String> {
    Set(review([sql], settings: MigrationSettings(postgres: 15)).findings.map(\.rule))
  }
}

@Suite struct CaseTests {
  @Test func areFiveEachWay() {
    let byRule = Dictionary(grouping: Cases.all, by: \.rule)
    #expect(byRule.count >= 25)
    for (rule, cases) in byRule {
      #expect(MigrationRules.entries.contains { $0.id == rule }, "\(rule)")
      #expect(cases.count(where: \.violates) >= 5 && cases.count(where: { !$0.violates }) >= 5, "\(rule)")
    }
  }

  @Test(arguments: Cases.all) func areTold(_ one: Cases.Case) {
    #expect(Cases.rules(one.sql).contains(one.rule) == one.violates)
  }
}

enum Squawk {
  /// Where squawk 2.70 is; other versions know other rules.
  static let program: String? = {
    let candidates =
      [ProcessInfo.processInfo.environment["SQUAWK"]].compactMap { $0 }
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/squawk" }
      + ["/tmp/venv-e2e/bin/squawk"]
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()
}

@Suite struct SquawkTests {
  private struct Violation: Decodable {
    let file: String
    let rule_name: String
  }

  private func violations(_ texts: [String]) throws -> [Set<String>] {
    let program = try #require(Squawk.program)
    let folder = FileManager.default.temporaryDirectory.appending(path: "squawk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, text) in texts.enumerated() {
      try text.write(to: folder.appending(path: "\(index).sql"), atomically: false, encoding: .utf8)
    }
    try "".write(to: folder.appending(path: "none.toml"), atomically: false, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      ["--reporter", "json", "--pg-version", "15.0", "--config", folder.appending(path: "none.toml").path]
      + texts.indices.map { folder.appending(path: "\($0).sql").path }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let json = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    var rules = [Set<String>](repeating: [], count: texts.count)
    for violation in try JSONDecoder().decode([Violation].self, from: json) {
      let name = URL(fileURLWithPath: violation.file).deletingPathExtension().lastPathComponent
      guard let index = Int(name), rules.indices.contains(index) else { continue }
      rules[index].insert(violation.rule_name)
    }
    return rules
  }

  private static let common = Set(Cases.all.map(\.rule))

  @Test(.enabled(if: Squawk.program != nil, "squawk is not installed"))
  func agrees() throws {
    let theirs = try violations(Cases.all.map(\.sql) + Cases.differences.map(\.sql))
    var agreed = 0
    for (one, squawk) in zip(Cases.all, theirs) {
      let isSame = squawk.contains(one.rule) == one.violates
      agreed += isSame ? 1 : 0
      #expect(isSame, "\(one)")
    }
    #expect(Double(agreed) >= 0.95 * Double(Cases.all.count))
    for (difference, squawk) in zip(Cases.differences, theirs.dropFirst(Cases.all.count)) {
      let ours = Cases.rules(difference.sql).intersection(Self.common)
      #expect(ours != squawk.intersection(Self.common), "\(difference.name) does not differ: \(difference.sql)")
    }
  }

  /// Every difference that is found stands in the documentation, with why.
  @Test func differencesAreExplained() throws {
    let page = Cases.root.appending(path: "docs/migration-rules.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let explained = lines.drop { !$0.hasPrefix("## Differences from squawk") }
      .filter { $0.hasPrefix("| ") && $0.contains("`") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(Set(explained) == Set(Cases.differences.map(\.name)))
    #expect(explained.count == Set(explained).count)
  }

  private struct Migrations: Decodable {
    struct Migration: Decodable {
      let id: String
      let up: String
    }

    let migrations: [Migration]
  }

  private static func corpus(_ name: String) -> URL {
    Cases.root.appending(path: "../shared/corpora/sql/migrations/\(name).migrations.json").standardizedFileURL
  }

  @Test(
    .enabled(if: Squawk.program != nil, "squawk is not installed"),
    .enabled(
      if: FileManager.default.fileExists(atPath: SquawkTests.corpus("nakama").path), "the corpora are not here"),
    arguments: ["concourse", "nakama"])
  func agreesOnOthersMigrations(_ name: String) throws {
    let json = try Data(contentsOf: Self.corpus(name))
    let texts = try JSONDecoder().decode(Migrations.self, from: json).migrations.map(\.up)
    var cells = 0
    var same = 0
    for (text, squawk) in zip(texts, try violations(texts)) {
      let ours = Cases.rules(text).intersection(Self.common)
      let squawk = squawk.intersection(Self.common)
      cells += ours.union(squawk).count
      same += ours.intersection(squawk).count
      #expect(ours.isSubset(of: squawk), "\(text.prefix(300))")
      // What the same migration creates, names that no code knows, and what waits for nothing.
      let words = text.uppercased()
      let isExplained =
        ["CREATE TABLE", "CREATE MATERIALIZED VIEW", "ALTER INDEX", "CREATE TYPE", "ALTER TYPE"]
        .contains(where: words.contains)
      #expect(ours == squawk || isExplained, "\(text.prefix(300))")
    }
    #expect(Double(same) >= 0.85 * Double(cells), "\(same) of \(cells)")
  }
}
