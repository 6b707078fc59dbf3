internal import Foundation
internal import Yams

/// A YAML value with its place. Scalars are text as typed: YAML's implicit types are not applied.
public indirect enum YAMLValue: Sendable {
  case scalar(String, quoted: Bool, Mark)
  case sequence([YAMLValue], Mark)
  case mapping([(key: String, keyMark: Mark, value: YAMLValue)], Mark)

  /// A line and a column, both from 1.
  public struct Mark: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    public static func < (a: Mark, b: Mark) -> Bool { (a.line, a.column) < (b.line, b.column) }
  }

  public var mark: Mark {
    switch self {
    case .scalar(_, _, let mark), .sequence(_, let mark), .mapping(_, let mark): mark
    }
  }

  /// The value under a key of a mapping.
  public subscript(key: String) -> YAMLValue? {
    if case .mapping(let pairs, _) = self { pairs.first { $0.key == key }?.value } else { nil }
  }

  public var text: String? { if case .scalar(let text, _, _) = self { text } else { nil } }

  /// What it is, for messages.
  public var kindName: String {
    switch self {
    case .scalar(let text, _, _): text.isEmpty ? "nothing" : "a plain value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// What is wrong with a YAML text, and where.
public struct YAMLProblem: Error, Sendable, Hashable {
  public var message: String
  public var mark: YAMLValue.Mark

  public init(_ message: String, at mark: YAMLValue.Mark) {
    self.message = message
    self.mark = mark
  }
}

/// Reads YAML strictly: one document, no duplicate keys, no aliases, bounded size and depth.
public enum StrictYAML {
  /// Deeper nesting than any file of ours has. (libyaml itself stops at 1,000, before a stack runs out.)
  static let deepest = 40

  /// - Returns: nil for an empty document.
  public static func parse(_ text: String, firstLine: Int = 1) throws(YAMLProblem) -> YAMLValue? {
    try checkCharacters(text, firstLine: firstLine)
    let node: Node?
    var parser: Parser?
    // Nodes hold their anchors weakly; the parser keeps them alive until the tree is converted.
    defer { withExtendedLifetime(parser) {} }
    do {
      parser = try Parser(yaml: text, resolver: .basic)
      node = try parser?.singleRoot()
    } catch let error as YamlError {
      throw problem(error, in: text, firstLine: firstLine)
    } catch {
      throw YAMLProblem("this is not YAML", at: .init(line: firstLine, column: 1))
    }
    guard let node else { return nil }
    return try convert(node, firstLine: firstLine, depth: 0)
  }

  private static func convert(_ node: Node, firstLine: Int, depth: Int) throws(YAMLProblem) -> YAMLValue {
    let mark = YAMLValue.Mark(
      line: (node.mark?.line ?? 1) + firstLine - 1, column: node.mark?.column ?? 1)
    guard depth <= deepest else { throw YAMLProblem("nested more than \(deepest) deep", at: mark) }
    // Yams puts the anchored node where an alias stood, so the anchor is what gives aliases away.
    guard node.anchor == nil else {
      throw YAMLProblem("anchors and aliases are not used here: write the value out", at: mark)
    }
    switch node {
    case .scalar(let scalar):
      return .scalar(scalar.string, quoted: scalar.style == .singleQuoted || scalar.style == .doubleQuoted, mark)
    case .sequence(let sequence):
      var values: [YAMLValue] = []
      for item in sequence { values.append(try convert(item, firstLine: firstLine, depth: depth + 1)) }
      return .sequence(values, mark)
    case .mapping(let mapping):
      var pairs: [(key: String, keyMark: YAMLValue.Mark, value: YAMLValue)] = []
      var seen = Set<String>()
      for (keyNode, valueNode) in mapping {
        let keyMark = YAMLValue.Mark(
          line: (keyNode.mark?.line ?? 1) + firstLine - 1, column: keyNode.mark?.column ?? 1)
        guard case .scalar(let key) = keyNode else { throw YAMLProblem("a key must be a plain word", at: keyMark) }
        guard seen.insert(key.string).inserted else {
          throw YAMLProblem("the key “\(key.string.forMessage)” stands here a second time", at: keyMark)
        }
        pairs.append((key.string, keyMark, try convert(valueNode, firstLine: firstLine, depth: depth + 1)))
      }
      return .mapping(pairs, mark)
    case .alias:
      throw YAMLProblem("aliases are not used here: write the value out", at: mark)
    }
  }

  private static func problem(_ error: YamlError, in text: String, firstLine: Int) -> YAMLProblem {
    switch error {
    case .parser(_, let problem, let mark, _) where problem.contains("exceeded"),
      .composer(_, let problem, let mark, _) where problem.contains("exceeded"):
      return YAMLProblem("nested too deep", at: .init(line: mark.line + firstLine - 1, column: mark.column))
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return YAMLProblem(
        "this is not YAML: \(problem)", at: .init(line: mark.line + firstLine - 1, column: mark.column))
    case .reader(let problem, _, _, _):
      return YAMLProblem("this is not YAML: \(problem)", at: .init(line: firstLine, column: 1))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      let second = secondLine(of: key, in: text, after: context.mark.line, column: context.mark.column)
      return YAMLProblem(
        "the key “\(key.forMessage)” stands here a second time",
        at: .init(line: (second ?? context.mark.line) + firstLine - 1, column: context.mark.column))
    default:
      return YAMLProblem("this is not YAML", at: .init(line: firstLine, column: 1))
    }
  }

  /// Yams marks the first of two equal keys; the second is the one to mend.
  private static func secondLine(of key: String, in text: String, after line: Int, column: Int) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard line < lines.count else { return nil }
    return lines[line...].firstIndex { candidate in
      let rest = candidate.dropFirst(column - 1)
      return candidate.prefix(column - 1).allSatisfy(\.isWhitespace)
        && ["", "\"", "'"].contains { rest.hasPrefix("\($0)\(key)\($0):") }
    }.map { $0 + 1 }
  }

  private static func checkCharacters(_ text: String, firstLine: Int) throws(YAMLProblem) {
    var line = firstLine
    var column = 1
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        line += 1
        column = 1
        continue
      }
      let isControl = scalar.value < 0x20 && scalar != "\t" && scalar != "\r" || scalar.value == 0x7F
      if isControl {
        throw YAMLProblem(
          "a control character (U+\(String(scalar.value, radix: 16, uppercase: true))) stands here",
          at: .init(line: line, column: column))
      }
      column += 1
    }
  }
}

extension String {
  /// Shortened and without control or direction characters, fit to be quoted in a message.
  public var forMessage: String {
    let text = onOneLine(atMost: 60)
    return text.unicodeScalars.count == 60 ? text + "…" : text
  }

  /// Its first characters without those that control a terminal, break a line or turn the direction of writing.
  ///
  /// - Parameter most: Unicode scalars that are kept.
  public func onOneLine(atMost most: Int) -> String {
    if utf8.count <= most, utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return self }
    var text = ""
    var kept = 0
    for scalar in unicodeScalars where scalar.isSafeOnOneLine {
      if kept == most { break }
      kept += 1
      text.unicodeScalars.append(scalar)
    }
    return text
  }
}

extension Unicode.Scalar {
  fileprivate var isSafeOnOneLine: Bool {
    if isASCII { return 0x20..<0x7F ~= value }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return false
    default: return true
    }
  }
}
