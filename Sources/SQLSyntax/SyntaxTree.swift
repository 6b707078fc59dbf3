/// The parse tree of some statements, as libpg_query writes it in JSON: one flat list of values, each of which knows
/// where the next one behind it stands.
final class SyntaxTree: Sendable {
  struct Value: Sendable {
    enum Kind: UInt8 { case object, array, string, escapedString, number, yes, no }
    let kind: Kind
    /// Where it stands in the JSON; of strings without the quotes.
    let start: UInt32
    let length: UInt32
    /// The index of the value behind it and all that it holds.
    var next: Int32
  }

  let json: [UInt8]
  let values: [Value]

  /// - Returns: nil for what is no JSON, or too large to be a tree of one statement.
  init?(json: [UInt8]) {
    guard json.count < Int32.max else { return nil }
    var reader = Reader(json: json)
    guard reader.read() else { return nil }
    self.json = json
    values = reader.values
  }

  private struct Reader {
    let json: [UInt8]
    var values: [Value] = []

    init(json: [UInt8]) {
      self.json = json
      values.reserveCapacity(json.count / 12)
    }

    mutating func read() -> Bool {
      json.withUnsafeBufferPointer { json in
        var open: [Int] = []
        var at = 0
        while at < json.count {
          let start = at
          switch json[at] {
          case UInt8(ascii: "{"), UInt8(ascii: "["):
            open.append(values.count)
            values.append(
              Value(kind: json[at] == UInt8(ascii: "{") ? .object : .array, start: UInt32(at), length: 0, next: 0))
            at += 1
          case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard let index = open.popLast() else { return false }
            values[index].next = Int32(values.count)
            at += 1
          case UInt8(ascii: "\""):
            at += 1
            var escaped = false
            while at < json.count, json[at] != UInt8(ascii: "\"") {
              if json[at] == UInt8(ascii: "\\") {
                escaped = true
                at += 1
              }
              at += 1
            }
            guard at < json.count else { return false }
            append(escaped ? .escapedString : .string, from: start + 1, to: at)
            at += 1
          case UInt8(ascii: "t"):
            at += 4
            append(.yes, from: start, to: at)
          case UInt8(ascii: "f"):
            at += 5
            append(.no, from: start, to: at)
          case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            while at < json.count, json[at] != UInt8(ascii: ","), json[at] | 0x20 != UInt8(ascii: "}") { at += 1 }
            append(.number, from: start, to: at)
          case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"): at += 1
          default: return false
          }
        }
        return open.isEmpty && !values.isEmpty
      }
    }

    private mutating func append(_ kind: Value.Kind, from start: Int, to end: Int) {
      values.append(
        Value(kind: kind, start: UInt32(start), length: UInt32(end - start), next: Int32(values.count + 1)))
    }
  }

  /// Whether a string without escapes equals a key.
  func equals(_ index: Int, _ key: StaticString) -> Bool {
    let value = values[index]
    guard Int(value.length) == key.utf8CodeUnitCount else { return false }
    return key.withUTF8Buffer { key in
      json.withUnsafeBufferPointer { json in
        for offset in key.indices where json[Int(value.start) + offset] != key[offset] { return false }
        return true
      }
    }
  }

  func string(_ index: Int) -> String? {
    let value = values[index]
    let bytes = json[Int(value.start)..<Int(value.start + value.length)]
    switch value.kind {
    case .string: return String(decoding: bytes, as: UTF8.self)
    case .escapedString: return Self.unescaped(bytes)
    default: return nil
    }
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        text.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "u"):
        // Only control characters, < and > are written so; none of them is half of a pair.
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        let scalar = UInt32(String(decoding: digits, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init)
        text.append(contentsOf: String(Character(scalar ?? "\u{FFFD}")).utf8)
      default: text.append(escape)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A value of a parse tree. What is not there is an absent node, of which everything is absent: PostgreSQL leaves out
/// what is false, zero or empty.
///
/// Fields have the names of PostgreSQL's nodes, as in `node["CreateStmt"]["relation"]["relname"].string`.
public struct SyntaxNode: Sendable {
  private let tree: SyntaxTree?
  private let index: Int
  /// What is added to a location to make it an offset in the statement's text.
  private let shift: Int

  init(tree: SyntaxTree?, index: Int, shift: Int) {
    self.tree = tree
    self.index = index
    self.shift = shift
  }

  func moved(by distance: Int) -> SyntaxNode { SyntaxNode(tree: tree, index: index, shift: shift + distance) }

  public static let absent = SyntaxNode(tree: nil, index: 0, shift: 0)

  public var isPresent: Bool { tree != nil }

  /// A field of an object.
  public subscript(key: StaticString) -> SyntaxNode {
    guard let tree, tree.values[index].kind == .object else { return .absent }
    var at = index + 1
    let end = Int(tree.values[index].next)
    while at < end {
      if tree.equals(at, key) { return SyntaxNode(tree: tree, index: at + 1, shift: shift) }
      at = Int(tree.values[at + 1].next)
    }
    return .absent
  }

  /// The name of the only field, which is what a node is called: `CreateStmt`, `Constraint`, `A_Const`.
  public var kind: String? {
    guard let tree, tree.values[index].kind == .object, Int(tree.values[index].next) > index + 1 else { return nil }
    return tree.string(index + 1)
  }

  /// Whether this is a node of that name.
  public func `is`(_ kind: StaticString) -> Bool {
    guard let tree, tree.values[index].kind == .object, Int(tree.values[index].next) > index + 1 else { return false }
    return tree.equals(index + 1, kind)
  }

  /// What the only field holds.
  public var inner: SyntaxNode {
    guard let tree, tree.values[index].kind == .object, Int(tree.values[index].next) > index + 1 else { return .absent }
    return SyntaxNode(tree: tree, index: index + 2, shift: shift)
  }

  /// The elements of an array; of anything else none.
  public var elements: [SyntaxNode] {
    guard let tree, tree.values[index].kind == .array else { return [] }
    var elements: [SyntaxNode] = []
    var at = index + 1
    let end = Int(tree.values[index].next)
    while at < end {
      elements.append(SyntaxNode(tree: tree, index: at, shift: shift))
      at = Int(tree.values[at].next)
    }
    return elements
  }

  public var string: String? { tree?.string(index) }

  public var integer: Int? {
    guard let tree, tree.values[index].kind == .number else { return nil }
    let value = tree.values[index]
    return Int(String(decoding: tree.json[Int(value.start)..<Int(value.start + value.length)], as: UTF8.self))
  }

  /// True where it is there and true.
  public var isTrue: Bool { tree?.values[index].kind == .yes }

  /// What a `String` node holds: `{"String":{"sval":"x"}}`.
  public var name: String? { self["String"].isPresent ? self["String"]["sval"].string ?? "" : nil }

  /// What a list of `String` nodes holds, as the parts of a qualified name.
  public var names: [String] { elements.compactMap(\.name) }

  /// The offset in the statement's text that a node with a `location` stands at.
  public var offset: Int? {
    guard isPresent, let tree, tree.values[index].kind == .object else { return nil }
    guard let location = self["location"].integer else { return shift }
    return location < 0 ? nil : location + shift
  }

  /// This node and all that is below it, in the order of the text; not recursive, so that depth does not matter.
  public var descendants: [SyntaxNode] {
    guard let tree else { return [] }
    return (index..<Int(tree.values[index].next)).lazy.filter { tree.values[$0].kind == .object }
      .map { SyntaxNode(tree: tree, index: $0, shift: shift) }
  }

  /// Whether a node of that name is here or below.
  public func contains(_ kind: StaticString) -> Bool { descendants.contains { $0.is(kind) } }

  /// What stands here and below, without places and without what says only how it is made, such as OR REPLACE: equal for
  /// two texts that mean the same definition. Casts of constants are left out, and IN is = ANY, as PostgreSQL shows it.
  public var structure: String { tree?.structure(from: index) ?? "" }
}

extension SyntaxTree {
  private static let left: [StaticString] = [
    "location", "stmt_location", "stmt_len", "replace", "if_not_exists", "missing_ok", "concurrent", "behavior",
    "schemaname",
  ]
  private static let renamed: [(StaticString, String)] = [
    ("AEXPR_IN", "AEXPR_OP_ANY"), ("List", "A_ArrayExpr"), ("items", "elements"), ("AEXPR_LIKE", "AEXPR_OP"),
    ("AEXPR_ILIKE", "AEXPR_OP"),
  ]

  /// Not recursive, so that depth does not matter.
  fileprivate func structure(from root: Int) -> String {
    var text: [UInt8] = []
    /// Where what is open ends, and where it goes on behind that if not there.
    var ends: [(end: Int, next: Int?)] = []
    var at = root
    let end = Int(values[root].next)
    while true {
      while let last = ends.last, last.end <= at {
        ends.removeLast()
        if let next = last.next { at = next } else { text.append(UInt8(ascii: ")")) }
      }
      if at >= end { break }
      let value = values[at]
      switch value.kind {
      case .object:
        if isUsualSchema(at) {
          at = Int(value.next)
          continue
        }
        switch cast(at) {
        case .none: break
        case .of(let argument):
          ends.append((Int(values[argument].next), Int(value.next)))
          at = argument
          continue
        case .number(let number):
          text += Array("( A_Const( ival( ival \(number))))".utf8)
          at = Int(value.next)
          continue
        }
        text.append(UInt8(ascii: "("))
        ends.append((Int(value.next), nil))
      case .array:
        text.append(UInt8(ascii: "["))
        ends.append((Int(value.next), nil))
      case .string, .escapedString:
        if Self.left.contains(where: { equals(at, $0) }), isKey(at) {
          at = Int(values[at + 1].next)
          continue
        }
        text.append(UInt8(ascii: " "))
        if let other = Self.renamed.first(where: { equals(at, $0.0) }) {
          text += Array(other.1.utf8)
        } else {
          text += json[Int(value.start)..<Int(value.start + value.length)]
        }
      case .number, .yes, .no:
        text.append(UInt8(ascii: " "))
        text += json[Int(value.start)..<Int(value.start + value.length)]
      }
      at += 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The keys that are left out have a number or a flag behind them, or a word in capitals; a name has none of these.
  private func isKey(_ index: Int) -> Bool {
    guard index + 1 < values.count else { return false }
    switch values[index + 1].kind {
    case .number, .yes, .no: return true
    case .string where equals(index, "schemaname"): return equals(index + 1, "public")
    case .string:
      let value = values[index + 1]
      return equals(index, "behavior")
        && json[Int(value.start)..<Int(value.start + value.length)].starts(with: "DROP_".utf8)
    default: return false
    }
  }

  /// A part of a name that it is found without.
  private func isUsualSchema(_ index: Int) -> Bool {
    let name = SyntaxNode(tree: self, index: index, shift: 0).name
    return name == "public" || name == "pg_catalog"
  }

  private enum Cast {
    case none
    /// What stands in it, at an index.
    case of(Int)
    case number(Int)
  }

  /// A cast that PostgreSQL adds by itself when it shows an expression: of a constant, of a list of them, of a column to
  /// text.
  private func cast(_ index: Int) -> Cast {
    guard Int(values[index].next) > index + 1, equals(index + 1, "TypeCast") else { return .none }
    let cast = SyntaxNode(tree: self, index: index, shift: 0)["TypeCast"]
    let argument = cast["arg"]
    let type = cast["typeName"]["names"].names.last ?? ""
    guard let position = argument.position else { return .none }
    if argument.is("A_Const") {
      if type.hasPrefix("int"), let number = argument["A_Const"]["sval"]["sval"].string.flatMap({ Int($0) }) {
        return .number(number)
      }
      return .of(position)
    }
    if argument.is("A_ArrayExpr") || argument.is("ColumnRef") && (type == "text" || type == "varchar") {
      return .of(position)
    }
    return .none
  }
}

extension SyntaxNode {
  fileprivate var position: Int? { tree == nil ? nil : index }
}
