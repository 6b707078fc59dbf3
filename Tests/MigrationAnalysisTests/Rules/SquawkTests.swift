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

  private static func lines(_ name: String) -> [String] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/\(name)")
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

  @Test(.enabled(if: Squawk.program != nil, "squawk is not installed"))
  func agrees() throws {
    let common = Set(Cases.all.map(\.rule))
    let theirs = try violations(Cases.all.map(\.sql) + Cases.differences.map(\.sql))
    var agreed = 0
    for (one, squawk) in zip(Cases.all, theirs) {
      let same = squawk.contains(one.rule) == one.violates
      agreed += same ? 1 : 0
      #expect(same, "\(one)")
    }
    #expect(Double(agreed) >= 0.95 * Double(Cases.all.count))
    for (difference, squawk) in zip(Cases.differences, theirs.dropFirst(Cases.all.count)) {
      let ours = Cases.rules(difference.sql).intersection(common)
      #expect(ours != squawk.intersection(common), "\(difference.name) does not differ: \(difference.sql)")
    }
    // All rules in all cases, not only the one that a case is for.
    var cells = 0
    var same = 0
    for (one, squawk) in zip(Cases.all, theirs) {
      let ours = Cases.rules(one.sql).intersection(common)
      let squawk = squawk.intersection(common)
      cells += ours.union(squawk).count
      same += ours.intersection(squawk).count
      if ours != squawk {
        print("DIFF", one.sql, "ours:", ours.subtracting(squawk).sorted(), "squawk:", squawk.subtracting(ours).sorted())
      }
    }
    print("AGREE", agreed, Cases.all.count, same, cells)
  }
}
