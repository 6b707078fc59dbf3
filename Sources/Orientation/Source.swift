/// One code file as tokens, with its brackets paired.
struct Source: Sendable {
  let path: String
  let language: Language
  let tokens: [Token]
  /// For each bracket the index of its partner; -1 elsewhere and where there is none.
  let partner: [Int]
  /// For each token the innermost `{` that it stands in; -1 outside all.
  let block: [Int]
  /// Names that are given a value in this file: the tokens of the value, and where the name stands.
  let definitions: [String: [Range<Int>]]

  init(path: String, language: Language, bytes: [UInt8]) {
    self.path = path
    self.language = language
    let tokens = Lexer.tokens(of: bytes, in: language)
    self.tokens = tokens
    var partner = [Int](repeating: -1, count: tokens.count)
    var block = [Int](repeating: -1, count: tokens.count)
    var open: [Int] = []
    var braces: [Int] = [-1]
    for (index, token) in tokens.enumerated() {
      block[index] = braces[braces.count - 1]
      guard token.kind == .mark else { continue }
      switch token.text {
      case "(", "[", "{", "#[":
        open.append(index)
        if token.text == "{" { braces.append(index) }
      case ")", "]", "}":
        // What is open and does not fit was left open by mistake. Looking back a little keeps this linear.
        guard let last = open.suffix(48).last(where: { Source.fits(tokens[$0].text, token.text) }) else { continue }
        while let top = open.popLast() {
          if tokens[top].text == "{", braces.count > 1 { braces.removeLast() }
          if top == last { break }
        }
        partner[last] = index
        partner[index] = last
        block[index] = braces[braces.count - 1]
      default: break
      }
    }
    self.partner = partner
    self.block = block
    definitions = Source.definitions(in: tokens, partner: partner, language: language)
  }

  private static func fits(_ open: String, _ close: String) -> Bool {
    switch close {
    case ")": open == "("
    case "]": open == "[" || open == "#["
    default: open == "{"
    }
  }

  /// `NAME = value`, `NAME := value`, `const NAME: string = value`, `String NAME = value`.
  private static func definitions(in tokens: [Token], partner: [Int], language: Language) -> [String: [Range<Int>]] {
    var found: [String: [Range<Int>]] = [:]
    for index in tokens.indices where tokens[index].kind == .mark {
      let text = tokens[index].text
      guard text == "=" || text == ":=", index > 0, index + 1 < tokens.count else { continue }
      let value = tokens[index + 1]
      guard value.kind == .string || value.kind == .word || value.text == "[" || value.text == "(" || value.text == "@"
      else { continue }
      var name = tokens[index - 1]
      // A type may stand between the name and its value.
      var back = index - 1
      while back > 0, index - back < 10, tokens[back].line == tokens[index].line || index - back < 3 {
        if tokens[back].isMark(":"), tokens[back - 1].kind == .word {
          name = tokens[back - 1]
          break
        }
        if [",", "(", ";", "{"].contains(tokens[back].text), tokens[back].kind == .mark { break }
        back -= 1
      }
      guard name.kind == .word else { continue }
      if language == .go, index > 1, tokens[index - 1].kind == .word, tokens[index - 2].kind == .word,
        tokens[index - 2].line == tokens[index].line, !["const", "var"].contains(tokens[index - 2].text)
      {
        // const Name string = "…"
        name = tokens[index - 2]
      }
      let end = Source.endOfExpression(from: index + 1, tokens: tokens, partner: partner, language: language)
      // A name that is given values this often is no constant.
      if found[name.text]?.count ?? 0 < 256 { found[name.text, default: []].append(index + 1..<end) }
    }
    return found
  }

  private static func endOfExpression(from start: Int, tokens: [Token], partner: [Int], language: Language) -> Int {
    var index = start
    while index < tokens.count, index - start < 64 {
      let token = tokens[index]
      if token.kind == .mark {
        if [";", ",", ")", "]", "}"].contains(token.text) { break }
        if partner[index] > index {
          index = partner[index] + 1
          continue
        }
      }
      if index > start, token.startsLine,
        !(token.kind == .mark && ["+", ".", "->", "?.", "|>", "<>"].contains(token.text))
      {
        let last = tokens[index - 1]
        if !(last.kind == .mark && ["+", "=", "(", ".", "<>", "=>"].contains(last.text)) { break }
      }
      index += 1
    }
    return max(index, start)
  }

  // MARK: Looking around

  func token(_ index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

  func isMark(_ index: Int, _ mark: String) -> Bool { token(index)?.isMark(mark) ?? false }

  func isWord(_ index: Int, _ word: String) -> Bool { token(index)?.isWord(word) ?? false }

  func word(_ index: Int) -> String? { token(index).flatMap { $0.kind == .word ? $0.text : nil } }

  func line(_ index: Int) -> Int { token(index).map { Int($0.line) } ?? 1 }

  /// The partner of an opening bracket, behind it.
  func close(_ open: Int) -> Int? {
    guard partner.indices.contains(open), partner[open] > open else { return nil }
    return partner[open]
  }

  /// The parts between commas inside a pair of brackets.
  func arguments(_ open: Int) -> [Range<Int>] {
    guard let end = close(open) else { return [] }
    return parts(open + 1..<end)
  }

  /// A range taken apart at the commas that stand in no further bracket.
  func parts(_ range: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      if tokens[index].isMark(",") {
        if index > start { parts.append(start..<index) }
        start = index + 1
      } else if let end = close(index), end < range.upperBound {
        index = end
      }
      index += 1
    }
    if start < range.upperBound { parts.append(start..<range.upperBound) }
    return parts
  }

  /// The name of a named argument and its value: `name=value`, `name: value`, `:name => value`, `"name" => value`.
  func named(_ argument: Range<Int>) -> (name: String, value: Range<Int>)? {
    var start = argument.lowerBound
    if isMark(start, ":") || isMark(start, "**") { start += 1 }
    guard start + 2 <= argument.upperBound, let key = token(start), key.kind == .word || key.kind == .string,
      let mark = token(start + 1), mark.kind == .mark
    else { return nil }
    let isNamed: Bool
    switch language {
    case .python: isNamed = mark.text == "=" && key.kind == .word
    case .ruby: isNamed = mark.text == "=>" || mark.text == ":" && start == argument.lowerBound
    case .php: isNamed = mark.text == "=>" || mark.text == ":"
    case .java: isNamed = mark.text == "="
    case .kotlin: isNamed = mark.text == "="
    case .csharp: isNamed = mark.text == ":" || mark.text == "="
    default: isNamed = mark.text == ":"
    }
    return isNamed ? (key.text, start + 2..<argument.upperBound) : nil
  }

  /// The value of a named argument of a call.
  func argument(_ name: String, in arguments: [Range<Int>]) -> Range<Int>? {
    for argument in arguments {
      if let found = named(argument), found.name == name { return found.value }
    }
    return nil
  }

  /// The members of an object literal, in braces or brackets.
  func members(_ range: Range<Int>) -> [Range<Int>] {
    guard !range.isEmpty, tokens[range.lowerBound].isMark("{") || tokens[range.lowerBound].isMark("[") else {
      return []
    }
    return arguments(range.lowerBound)
  }

  private static let connectors: Set<String> = [".", "?.", "->", "::"]

  /// The dotted name that ends at a word: `a.b.c` gives its words and where it begins.
  func chain(endingAt index: Int) -> (words: [String], start: Int) {
    var start = index
    var words = [tokens[index].text]
    while start > 1, tokens[start - 1].kind == .mark, Source.connectors.contains(tokens[start - 1].text),
      tokens[start - 2].kind == .word, words.count < 12
    {
      start -= 2
      words.append(tokens[start].text)
    }
    return (words.reversed(), start)
  }

  /// The dotted name that begins at a word, and the index behind it.
  func chain(from index: Int) -> (words: [String], end: Int) {
    guard let first = word(index) else { return ([], index) }
    var words = [first]
    var end = index + 1
    while end + 1 < tokens.count, tokens[end].kind == .mark, Source.connectors.contains(tokens[end].text),
      tokens[end + 1].kind == .word, words.count < 12
    {
      words.append(tokens[end + 1].text)
      end += 2
    }
    return (words, end)
  }

  /// The calls chained behind an index: `.a(…).b(…)`, each with its name and its opening bracket.
  func calls(from index: Int) -> [(name: String, word: Int, open: Int)] {
    var calls: [(name: String, word: Int, open: Int)] = []
    var at = index
    while at + 2 < tokens.count, tokens[at].kind == .mark, Source.connectors.contains(tokens[at].text),
      let name = word(at + 1), calls.count < 4096
    {
      var open = at + 2
      // A generic call: name::<T>(…) or name<T>(…)
      if isMark(open, "::"), isMark(open + 1, "<") { open = behindGenerics(open + 1) }
      if isMark(open, "<"), language != .javascript { open = behindGenerics(open) }
      guard isMark(open, "("), let end = close(open) else {
        if isMark(open, ".") || isMark(open, "::") {
          at = open
          continue
        }
        break
      }
      calls.append((name, at + 1, open))
      at = end + 1
    }
    return calls
  }

  /// The index behind `<…>`, or the same index where none is closed nearby.
  func behindGenerics(_ index: Int) -> Int {
    guard isMark(index, "<") else { return index }
    var depth = 0
    var at = index
    while at < tokens.count, at - index < 64 {
      if tokens[at].isMark("<") { depth += 1 }
      if tokens[at].isMark(">") {
        depth -= 1
        if depth == 0 { return at + 1 }
      }
      if tokens[at].isMark("(") || tokens[at].isMark(";") { break }
      at += 1
    }
    return index
  }

  /// Words and marks of a range, for showing: `UserController.show`.
  func text(_ range: Range<Int>, most: Int = 12) -> String {
    var text = ""
    for index in range.prefix(most) {
      let token = tokens[index]
      if token.kind == .string { text += "\"\(token.text)\"" } else { text += token.text }
    }
    return range.count > most ? text + "…" : text
  }

  /// The handler that an argument names; nil for a function written in place.
  func handlerName(_ range: Range<Int>) -> String? {
    guard let first = range.first else { return nil }
    if tokens[first].kind == .string { return tokens[first].text.isEmpty ? nil : tokens[first].text }
    if tokens[first].isMark("["), let end = close(first), end == range.upperBound - 1 {
      // PHP and C#: [UserController::class, 'show']
      let items = arguments(first)
      guard items.count == 2, language == .php, let method = token(items[1].lowerBound), method.kind == .string else {
        return nil
      }
      return (chain(from: items[0].lowerBound).words.first ?? "") + "@" + method.text
    }
    if tokens[first].isMark(":"), let symbol = word(first + 1) { return symbol }
    var start = first
    if tokens[start].isMark("&") || tokens[start].isMark("*") { start += 1 }
    guard let head = word(start), !Source.notHandlers.contains(head) else { return nil }
    let (words, end) = chain(from: start)
    if end < range.upperBound, isMark(end, "("), let last = words.last {
      // A handler in a wrapper: WrapF(serveHealth()), authnz(GetAdmin), View.as_view()
      if last == "as_view" { return words.dropLast().joined(separator: ".") }
      for argument in arguments(end).reversed() {
        if let inner = handlerName(argument), inner.first?.isLetter ?? false { return inner }
      }
      return words.joined(separator: ".")
    }
    return words.last == "class" ? words.dropLast().last : words.joined(separator: ".")
  }

  private static let notHandlers: Set<String> = [
    "function", "func", "async", "lambda", "fn", "static", "move", "new", "true", "false", "nil", "null", "do",
  ]
}
