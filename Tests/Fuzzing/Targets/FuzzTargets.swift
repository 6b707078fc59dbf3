internal import Foundation
internal import KnowledgeModel
internal import MigrationAnalysis
internal import SQLSyntax
internal import SchemaAnalysis
internal import TextFormats

/// What fuzzers feed: bytes in, nothing out; whatever does not hold ends the program.
public enum FuzzTargets {
  /// From bytes over the parser and the catalogue to every report.
  public static func schema(_ bytes: [UInt8]) {
    guard let input = try? SQLInput.read(bytes: bytes, name: "fuzz.sql") else { return }
    for step in input.steps {
      for section in step.up + (step.down ?? []) {
        precondition(section.range.clamped(to: input.texts[section.text].bytes.indices) == section.range)
      }
    }
    for text in input.texts {
      var end = 0
      for piece in StatementScanner(text) {
        let range: Range<Int>
        switch piece {
        case .statement(let statement): range = statement.range
        case .metaCommand(let command): range = command
        case .copyData(let data): range = data
        }
        precondition(range.lowerBound >= end && range.upperBound <= bytes.count && !range.isEmpty)
        end = range.upperBound
      }
    }
    let report = SchemaReport(input)
    precondition(!report.text(width: 80, tables: true).isEmpty)
    precondition(!report.markdown.isEmpty && !report.json.pretty.isEmpty)
    precondition(!report.sarif(version: "1").json.pretty.isEmpty)
    precondition(!report.diagram.mermaid.isEmpty && !report.diagram.svg(standalone: true).isEmpty)
    for finding in MigrationReview(input, MigrationSettings()).findings {
      precondition(input.texts.indices.contains(finding.place.text))
    }
  }

  /// The language of conditions.
  public static func condition(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(ConditionProblem) {
      let condition = try ConditionParser.condition(text, vocabulary)
      precondition(condition.span.start <= condition.span.end && condition.span.end <= text.utf8.count)
      precondition(!condition.leaves.isEmpty)
    } catch {
      precondition(error.span.start <= error.span.end && error.span.start <= text.utf8.count)
    }
    _ = try? ConditionParser.expression(text, vocabulary)
  }

  static let vocabulary = Vocabulary(
    traits: [
      "qps": .quantity(.perSecond, bounds: Interval(0, 10_000_000), ratioNotation: false),
      "read_ratio": .quantity(.share, bounds: Interval(0, 1), ratioNotation: true),
      "data_size": .quantity(.bytes, bounds: Interval(0, 1_000_000), ratioNotation: false),
      "has_cache": .flag,
      "priority": .choice([.init(id: "balanced", title: ""), .init(id: "fresh", title: "")]),
      "needs": .set([.init(id: "replay", title: ""), .init(id: "fan-out", title: "")]),
    ],
    thresholds: ["read-limit": .perSecond, "size-limit": .bytes], decisions: ["caching": ["none", "redis"]])
}
