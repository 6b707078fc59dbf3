import Foundation

/// What is wrong with a condition, and where in its text.
public struct ConditionProblem: Error, Hashable, Sendable {
  public var message: String
  public var hint: String?
  public var span: Span

  public init(_ message: String, hint: String? = nil, at span: Span) {
    self.message = message
    self.hint = hint
    self.span = span
  }
}

/// Parses the condition language against a vocabulary: names are resolved and units checked as they are read.
///
/// Grammar, loosest first: `or`, `and`, `not`, comparisons, `+ -`, `* /`. See docs/knowledge-format.md.
public struct ConditionParser {
  private let vocabulary: Vocabulary
  private let tokens: [Token]
  private let end: Int
  private var position = 0
  private var depth = 0

  /// Parses a condition.
  public static func condition(_ text: String, _ vocabulary: Vocabulary) throws(ConditionProblem) -> Condition {
    var parser = try ConditionParser(text, vocabulary)
    let result = try parser.disjunction()
    try parser.finish()
    return result
  }

  /// Parses arithmetic, and tells the unit of its result.
  public static func expression(_ text: String, _ vocabulary: Vocabulary) throws(ConditionProblem) -> (
    Formula, BaseUnit
  ) {
    var parser = try ConditionParser(text, vocabulary)
    let result = try parser.sum()
    try parser.finish()
    return (result.expression, result.unit)
  }

  private init(_ text: String, _ vocabulary: Vocabulary) throws(ConditionProblem) {
    self.vocabulary = vocabulary
    guard text.utf8.count <= 4096 else {
      throw ConditionProblem("the condition is longer than 4,096 bytes", at: Span(0, 1))
    }
    tokens = try Token.scan(text)
    end = text.utf8.count
  }

  // MARK: Conditions

  private mutating func disjunction() throws(ConditionProblem) -> Condition {
    var parts = [try conjunction()]
    while take(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(ConditionProblem) -> Condition {
    var parts = [try negation()]
    while take(word: "and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func negation() throws(ConditionProblem) -> Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { throw ConditionProblem("nested more than 64 deep", at: here) }
    if take(word: "not") { return .not(try negation()) }
    if peek?.text == "(", let close = matchingParenthesis(), !closesArithmetic(at: close) {
      position += 1
      let inner = try disjunction()
      try expect(")")
      return inner
    }
    return try test()
  }

  private mutating func test() throws(ConditionProblem) -> Condition {
    guard let first = peek else { throw ConditionProblem("a condition was expected here", at: here) }
    if first.text == "otherwise" {
      position += 1
      return .always(first.span)
    }
    if first.kind == .name, vocabulary.lists.contains(first.text) {
      position += 1
      let last = peek
      guard take(word: "is"), take(word: "empty") else {
        throw ConditionProblem("\(first.text) is a list", hint: "write \(first.text) is empty", at: last?.span ?? here)
      }
      return .isEmpty(first.text, Span(first.span.start, tokens[position - 1].span.end))
    }
    if first.kind == .name, let kind = vocabulary.traits[first.text] {
      if case .quantity = kind {} else { return try traitTest(first, kind) }
    } else if first.kind == .name, !["share", "min", "max"].contains(first.text),
      let outcomes = vocabulary.decisions[first.text]
    {
      return try outcomeTest(first, outcomes)
    }
    let left = try sum()
    guard let op = peek, let comparison = Comparison(rawValue: op.text) else {
      throw ConditionProblem("a comparison (<, <=, >, >=, =, !=) was expected here", at: here)
    }
    position += 1
    let right = try sum()
    let span = Span(left.span.start, right.span.end)
    guard left.unit.compares(with: right.unit) || left.isPlain || right.isPlain else {
      throw ConditionProblem(
        "\(left.unit.rawValue) cannot be compared with \(right.unit.rawValue)",
        hint: "both sides need the same unit", at: span)
    }
    let pair = left.isPlain ? (left.adopting(right.unit), right) : (left, right.adopting(left.unit))
    return .compare(pair.0.expression, comparison, pair.1.expression, span)
  }

  private mutating func traitTest(_ name: Token, _ kind: Trait.Kind) throws(ConditionProblem) -> Condition {
    position += 1
    let options = kind.options.map(\.id)
    switch kind {
    case .quantity: throw ConditionProblem("\(name.text) is a quantity", at: name.span)
    case .flag:
      if peek?.text == "is" || peek?.text == "has" || peek.flatMap({ Comparison(rawValue: $0.text) }) != nil {
        throw ConditionProblem("\(name.text) is a flag", hint: "write \(name.text), or not \(name.text)", at: here)
      }
      return .flag(name.text, name.span)
    case .choice:
      guard take(word: "is") else {
        throw ConditionProblem(
          "\(name.text) is one of \(options.joined(separator: ", "))", hint: "write \(name.text) is …", at: here)
      }
      let values = try values(of: name.text, among: options)
      return .choice(name.text, values.ids, Span(name.span.start, values.end))
    case .set:
      if take(word: "is") {
        let last = here
        guard take(word: "empty") else {
          throw ConditionProblem(
            "\(name.text) is a set", hint: "write \(name.text) has …, or \(name.text) is empty", at: last)
        }
        return .isEmpty(name.text, Span(name.span.start, last.end))
      }
      guard take(word: "has") else {
        throw ConditionProblem(
          "\(name.text) is a set", hint: "write \(name.text) has …, or \(name.text) is empty", at: here)
      }
      let quantifier: Condition.Quantifier = peek?.text == "all" ? .all : .any
      if quantifier == .all { position += 1; try expect("of"); position -= 1 }
      let values = try values(of: name.text, among: options)
      return .has(name.text, quantifier, values.ids, Span(name.span.start, values.end))
    }
  }

  private mutating func outcomeTest(_ name: Token, _ outcomes: [String]) throws(ConditionProblem) -> Condition {
    position += 1
    guard take(word: "is") else {
      throw ConditionProblem(
        "\(name.text) is a decision", hint: "write \(name.text) is \(outcomes.first ?? "…")", at: here)
    }
    let values = try values(of: name.text, among: outcomes + ["not-applicable"])
    return .outcome(name.text, values.ids, Span(name.span.start, values.end))
  }

  /// `x`, or `any of (x, y)`, or `of (x, y)` behind `all`.
  private mutating func values(of owner: String, among options: [String]) throws(ConditionProblem) -> (
    ids: [String], end: Int
  ) {
    func value(_ token: Token?) throws(ConditionProblem) -> String {
      guard let token, token.kind == .name else {
        throw ConditionProblem("a value of \(owner) was expected here", at: here)
      }
      guard options.contains(token.text) else {
        throw ConditionProblem(
          "\(owner) has no value “\(token.text)”",
          hint: nearest(token.text, among: options).map { "did you mean \($0)?" }
            ?? "it has \(options.joined(separator: ", "))",
          at: token.span)
      }
      return token.text
    }
    let isList = peek?.text == "any" || peek?.text == "of"
    guard isList else {
      let token = peek
      let id = try value(token)
      position += 1
      return ([id], token?.span.end ?? end)
    }
    if take(word: "any") {}
    try expect("of")
    try expect("(")
    var ids: [String] = []
    repeat {
      ids.append(try value(peek))
      position += 1
    } while take(word: ",")
    let close = here.end
    try expect(")")
    return (ids, close)
  }

  // MARK: Arithmetic

  private struct Operand {
    var expression: Formula
    var unit: BaseUnit
    var span: Span
    /// A bare number, which takes the unit of the other side.
    var isPlain: Bool

    func adopting(_ unit: BaseUnit) -> Operand {
      guard isPlain, case .literal(let quantity, let span) = expression else { return self }
      return Operand(expression: .literal(Quantity(quantity.value, unit), span), unit: unit, span: span, isPlain: false)
    }
  }

  private mutating func sum() throws(ConditionProblem) -> Operand {
    var left = try product()
    while let op = peek, let arithmetic = Formula.Arithmetic(rawValue: op.text),
      arithmetic == .add || arithmetic == .subtract
    {
      position += 1
      let right = try product()
      let span = Span(left.span.start, right.span.end)
      guard left.unit.compares(with: right.unit) || left.isPlain || right.isPlain else {
        throw ConditionProblem("\(left.unit.rawValue) and \(right.unit.rawValue) cannot be added", at: span)
      }
      let pair = left.isPlain ? (left.adopting(right.unit), right) : (left, right.adopting(left.unit))
      left = Operand(
        expression: .binary(arithmetic, pair.0.expression, pair.1.expression), unit: pair.0.unit, span: span,
        isPlain: false)
    }
    return left
  }

  private mutating func product() throws(ConditionProblem) -> Operand {
    var left = try factor()
    while let op = peek, let arithmetic = Formula.Arithmetic(rawValue: op.text),
      arithmetic == .multiply || arithmetic == .divide
    {
      position += 1
      let right = try factor()
      let span = Span(left.span.start, right.span.end)
      let unit: BaseUnit
      if right.unit.isDimensionless {
        unit = left.unit == .share && right.unit != .share ? right.unit : left.unit
      } else if arithmetic == .multiply, left.unit.isDimensionless {
        unit = right.unit
      } else if let combined = BaseUnit.combined(left.unit, arithmetic, right.unit) {
        unit = combined
      } else {
        throw ConditionProblem(
          "\(left.unit.rawValue) \(arithmetic.rawValue) \(right.unit.rawValue) has no unit here",
          hint: "one side must be a plain number, a count or a share", at: span)
      }
      left = Operand(
        expression: .binary(arithmetic, left.expression, right.expression), unit: unit, span: span, isPlain: false)
    }
    return left
  }

  private mutating func factor() throws(ConditionProblem) -> Operand {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { throw ConditionProblem("nested more than 64 deep", at: here) }
    guard let token = peek else {
      throw ConditionProblem("a trait, a threshold or a number was expected here", at: here)
    }
    position += 1
    switch token.kind {
    case .number(let quantity, let plain):
      return Operand(expression: .literal(quantity, token.span), unit: quantity.unit, span: token.span, isPlain: plain)
    case .threshold:
      let id = String(token.text.dropFirst())
      guard let unit = vocabulary.thresholds[id] else {
        throw ConditionProblem(
          "there is no threshold @\(id)",
          hint: nearest(id, among: Array(vocabulary.thresholds.keys)).map { "did you mean @\($0)?" }, at: token.span)
      }
      return Operand(expression: .threshold(id, token.span), unit: unit, span: token.span, isPlain: false)
    case .symbol where token.text == "(":
      let inner = try sum()
      try expect(")")
      return inner
    case .name where ["share", "min", "max"].contains(token.text) && peek?.text == "(":
      try expect("(")
      var a = try sum()
      try expect(",")
      var b = try sum()
      let span = Span(token.span.start, here.end)
      try expect(")")
      guard a.unit.compares(with: b.unit) || a.isPlain || b.isPlain else {
        throw ConditionProblem("\(token.text)(a, b) needs two values of one unit", at: span)
      }
      (a, b) = a.isPlain ? (a.adopting(b.unit), b) : (a, b.adopting(a.unit))
      let expression: Formula =
        switch token.text {
        case "share": .share(a.expression, b.expression)
        case "min": .smaller(a.expression, b.expression)
        default: .larger(a.expression, b.expression)
        }
      return Operand(expression: expression, unit: token.text == "share" ? .share : a.unit, span: span, isPlain: false)
    case .name:
      guard let kind = vocabulary.traits[token.text] else {
        let names = Array(vocabulary.traits.keys) + Array(vocabulary.decisions.keys)
        throw ConditionProblem(
          "there is no trait or decision “\(token.text)”",
          hint: nearest(token.text, among: names).map { "did you mean \($0)?" }, at: token.span)
      }
      guard let unit = kind.unit else {
        throw ConditionProblem("\(token.text) is not a quantity", at: token.span)
      }
      return Operand(expression: .trait(token.text, token.span), unit: unit, span: token.span, isPlain: false)
    default:
      throw ConditionProblem("a trait, a threshold or a number was expected, “\(token.text)” was found", at: token.span)
    }
  }

  // MARK: Tokens

  private var peek: Token? { position < tokens.count ? tokens[position] : nil }
  private var here: Span { peek?.span ?? Span(max(0, end - 1), end) }

  private mutating func take(word: String) -> Bool {
    guard peek?.text == word else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ text: String) throws(ConditionProblem) {
    guard peek?.text == text else {
      throw ConditionProblem(
        "“\(text)” was expected\(peek.map { ", “\($0.text)” was found" } ?? " before the end")", at: here)
    }
    position += 1
  }

  private func finish() throws(ConditionProblem) {
    if let rest = peek { throw ConditionProblem("“\(rest.text)” was not expected here", at: rest.span) }
  }

  private func matchingParenthesis() -> Int? {
    var open = 0
    for index in position..<tokens.count {
      if tokens[index].text == "(" { open += 1 }
      if tokens[index].text == ")" { open -= 1 }
      if open == 0 { return index }
    }
    return nil
  }

  /// Whether the parenthesis that closes here is followed by an operator, and so holds arithmetic.
  private func closesArithmetic(at close: Int) -> Bool {
    guard close + 1 < tokens.count else { return false }
    let next = tokens[close + 1].text
    return Comparison(rawValue: next) != nil || Formula.Arithmetic(rawValue: next) != nil
  }
}

/// A token of the condition language.
private struct Token {
  enum Kind: Equatable { case name, threshold, symbol, number(Quantity, plain: Bool) }
  var kind: Kind
  var text: String
  var span: Span

  static func scan(_ text: String) throws(ConditionProblem) -> [Token] {
    let bytes = Array(text.utf8)
    var tokens: [Token] = []
    var index = 0
    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func isName(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
    }
    while index < bytes.count {
      let byte = bytes[index]
      let start = index
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D:
        index += 1
      case 0x61...0x7A:
        while index < bytes.count, isName(bytes[index]) { index += 1 }
        // A field of a list: migrations.table_rows.
        if index + 1 < bytes.count, bytes[index] == 0x2E, (0x61...0x7A).contains(bytes[index + 1]) {
          index += 1
          while index < bytes.count, isName(bytes[index]) { index += 1 }
        }
        tokens.append(Token(kind: .name, text: string(start..<index), span: Span(start, index)))
      case 0x40:
        index += 1
        while index < bytes.count, isName(bytes[index]) { index += 1 }
        tokens.append(Token(kind: .threshold, text: string(start..<index), span: Span(start, index)))
      case 0x30...0x39:
        let inNumber = Set("0123456789.,_%/KMGTPBkmgtpbishdyearncou".utf8)
        while index < bytes.count, inNumber.contains(bytes[index]) { index += 1 }
        while index > start + 1, bytes[index - 1] == 0x2C { index -= 1 }
        // A unit may stand apart: 5 TB, 200 ms.
        var after = index
        while after < bytes.count, bytes[after] == 0x20 { after += 1 }
        var stop = after
        while stop < bytes.count, (0x41...0x5A).contains(bytes[stop]) || (0x61...0x7A).contains(bytes[stop]) {
          stop += 1
        }
        let units: Set<String> = [
          "B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB", "ms", "s", "min", "h", "d",
        ]
        if units.contains(string(after..<stop)), stop == bytes.count || !isName(bytes[stop]) { index = stop }
        tokens.append(try number(string(start..<index), Span(start, index)))
      case 0x3C, 0x3E, 0x21, 0x3D:
        index += 1
        if index < bytes.count, bytes[index] == 0x3D, byte != 0x3D { index += 1 }
        let symbol = string(start..<index)
        guard Comparison(rawValue: symbol) != nil else {
          throw ConditionProblem(
            "“\(symbol)” is no operator", hint: symbol == "!" ? "write not, or !=" : nil, at: Span(start, index))
        }
        if byte == 0x3D, index < bytes.count, bytes[index] == 0x3D {
          throw ConditionProblem("“==” is no operator", hint: "write =", at: Span(start, index + 1))
        }
        tokens.append(Token(kind: .symbol, text: symbol, span: Span(start, index)))
      case 0x28, 0x29, 0x2C, 0x2B, 0x2D, 0x2A, 0x2F:
        index += 1
        tokens.append(Token(kind: .symbol, text: string(start..<index), span: Span(start, index)))
      default:
        throw ConditionProblem("this character is not part of a condition", at: Span(start, start + 1))
      }
    }
    return tokens
  }

  private static func number(_ text: String, _ span: Span) throws(ConditionProblem) -> Token {
    func token(_ unit: BaseUnit, plain: Bool = false) -> Token? {
      guard let value = try? QuantityNotation.value(text, unit: unit) else { return nil }
      return Token(kind: .number(Quantity(value, unit), plain: plain), text: text, span: span)
    }
    if let plain = token(.number, plain: true) { return plain }
    let units: [BaseUnit] =
      text.hasSuffix("%")
      ? [.share]
      : text.contains("B/")
        ? [.bytesPerSecond]
        : text.contains("/min") ? [.perMinute] : text.contains("/") ? [.perSecond] : [.bytes, .seconds]
    for unit in units { if let token = token(unit) { return token } }
    throw ConditionProblem("“\(text)” is not a quantity", at: span)
  }
}

/// The candidate nearest to a mistyped word, if one is near enough to be meant.
public func nearest(_ word: String, among candidates: [String]) -> String? {
  let best = candidates.map { ($0, distance(word, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
  guard let best, best.1 <= max(1, min(word.count, best.0.count) / 3) else { return nil }
  return best.0
}

/// Damerau–Levenshtein distance: swapped neighbours count as one slip.
private func distance(_ a: String, _ b: String) -> Int {
  let a = Array(a.lowercased().prefix(64))
  let b = Array(b.lowercased().prefix(64))
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
      row.append(cost)
    }
    before = last
    last = row
  }
  return last[b.count]
}
