import Foundation
import SQLSyntax
public import SchemaAnalysis
public import TextFormats

extension MigrationReport {
  /// The report as data. Of rows `value` is the count, or the upper bound where only that is known, or null.
  public var json: JSON {
    .object([
      "files": .strings(input.texts.map(\.name)), "postgres": .number(Decimal(postgres)),
      "judged": .number(Decimal(judged)), "deployed": .number(Decimal(deployed)),
      "findings": .array(findings.map(json)),
      "unfollowed": .array(
        unfollowed.map { item in
          let position = position(item.place)
          return .object([
            "file": .string(file(item.place)), "line": .number(Decimal(position.line)),
            "column": .number(Decimal(position.column)), "reason": .string(item.reason),
          ])
        }), "remarks": .strings(remarks),
    ])
  }

  private func json(_ finding: MigrationFinding) -> JSON {
    let position = position(finding.place)
    return .object([
      "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
      "file": .string(file(finding.place)), "line": .number(Decimal(position.line)),
      "column": .number(Decimal(position.column)), "statement": .string(finding.statement),
      "message": .string(finding.message), "remedy": .string(finding.remedy),
      "table": finding.table.map { .string($0.description) } ?? .null,
      "rows": Self.json(finding.rows ?? RowCount(nil, origin: "does not matter here")),
      "fix": .strings(finding.fix),
    ])
  }

  private static func json(_ rows: RowCount) -> JSON {
    func number(_ value: Int?) -> JSON { value.map { .number(Decimal($0)) } ?? .null }
    return .object([
      "value": number(rows.range?.upperBound), "low": number(rows.range?.lowerBound),
      "high": number(rows.range?.upperBound), "origin": .string(rows.origin),
    ])
  }

  /// For code hosts.
  /// - Parameters:
  ///   - version: the program's.
  ///   - rules: all there are, with a summary and a few sentences of help.
  public func sarif(version: String, rules: [SARIF.Rule]) -> JSON {
    SARIF(
      version: version, rules: rules,
      results: findings.map { finding in
        let position = position(finding.place)
        return SARIF.Result(
          rule: finding.rule, severity: finding.severity, message: sentence(finding), file: file(finding.place),
          line: position.line, column: position.column)
      }
    ).json
  }

  /// What is wrong, how large the table is, and what to do.
  func sentence(_ finding: MigrationFinding) -> String {
    let size = size(finding).map { " (\($0))" } ?? ""
    return "\(Self.closed(Self.joined(finding.message, size))) \(Self.closed(Self.capitalised(finding.remedy)))"
  }

  /// The table's size in words and where it comes from, as far as the message does not say it.
  func size(_ finding: MigrationFinding) -> String? {
    guard let rows = finding.rows, !finding.message.contains(rows.origin) else { return nil }
    guard let range = rows.range else {
      return rows.origin == RowCount.unknown.origin
        ? "its rows are not known" : "its rows are not known: \(rows.origin)"
    }
    let text = RowWords.text(range)
    return finding.message.contains(text) ? "its size by \(rows.origin)" : "\(text), by \(rows.origin)"
  }

  /// A sentence with something in parentheses before its full stop.
  static func joined(_ message: String, _ more: String) -> String {
    if more.isEmpty { return message }
    return message.hasSuffix(".") ? "\(message.dropLast())\(more)." : message + more
  }

  static func closed(_ text: String) -> String {
    guard let last = text.last else { return text }
    return ".!?:;".contains(last) ? text : text + "."
  }

  static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
