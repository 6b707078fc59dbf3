/// Where Ruby's and Elixir's blocks end, and what a call without brackets is given.
struct RubyBlocks {
  let source: Source
  /// For each word that opens a block, the index of its `end`.
  private let ends: [Int: Int]

  private static let openers: Set<String> = [
    "do", "def", "class", "module", "if", "unless", "while", "until", "case", "begin", "for", "fn", "defmodule", "defp",
    "defmacro",
  ]

  init(_ source: Source) {
    self.source = source
    var ends: [Int: Int] = [:]
    var open: [Int] = []
    var loopLine: Int32 = -1
    let isElixir = source.language == .elixir
    for index in source.tokens.indices {
      guard let word = source.word(index) else { continue }
      let isName =
        source.isMark(index - 1, ".") || source.isMark(index - 1, "::")
        || source.isMark(index - 1, ":") && !source.tokens[index].spaceBefore
        || source.isMark(index + 1, ":") && !(source.token(index + 1)?.spaceBefore ?? true)
          && !source.isMark(index + 2, ":")
      if isName { continue }
      if word == "end" {
        if let last = open.popLast() { ends[last] = index }
        continue
      }
      guard RubyBlocks.openers.contains(word) else { continue }
      if isElixir {
        if word == "do" || word == "fn" { open.append(index) }
        continue
      }
      switch word {
      case "if", "unless", "while", "until":
        let before = source.token(index - 1)
        let opens =
          source.tokens[index].startsLine
          || before.map {
            $0.kind == .mark && ["=", "(", ",", ";", "[", "{", "&&", "||", "|", "=>", "+", "<<"].contains($0.text)
              || $0.isWord("else") || $0.isWord("then") || $0.isWord("do") || $0.isWord("return")
          } ?? true
        guard opens else { continue }
        if word == "while" || word == "until" { loopLine = source.tokens[index].line }
        open.append(index)
      case "for":
        guard source.tokens[index].startsLine else { continue }
        loopLine = source.tokens[index].line
        open.append(index)
      case "do":
        if source.tokens[index].line == loopLine {
          loopLine = -1
          continue
        }
        open.append(index)
      case "def":
        // def name(args) = value
        var at = index + 2
        while source.isMark(at, ".") { at += 2 }
        if source.isMark(at, "("), let close = source.close(at) { at = close + 1 }
        if source.isMark(at, "="), source.token(at)?.line == source.token(index)?.line,
          source.token(at)?.spaceBefore ?? false
        {
          continue
        }
        open.append(index)
      case "fn", "defmodule", "defp", "defmacro": continue
      default: open.append(index)
      }
    }
    self.ends = ends
  }

  func end(of opener: Int) -> Int? { ends[opener] }

  /// A call: what it is given, its block without the words around it, and the index behind it.
  struct Call {
    var arguments: [Range<Int>]
    var block: Range<Int>?
    /// The name between the bars: do |name|
    var variable: String?
    var next: Int
  }

  /// The call whose name stands at an index.
  func call(_ index: Int) -> Call {
    var at = index + 1
    var arguments: [Range<Int>] = []
    let tokens = source.tokens
    if source.isMark(at, "("), !tokens[at].spaceBefore || source.language == .elixir, let close = source.close(at) {
      arguments = source.arguments(at)
      at = close + 1
    } else {
      let start = at
      while at < tokens.count {
        let token = tokens[at]
        if token.isWord("do"), !source.isMark(at + 1, ":") { break }
        if token.kind == .word, token.text == "if" || token.text == "unless", at > start, !token.startsLine { break }
        if token.isMark(";") { break }
        if token.startsLine, at > start || token.line != tokens[index].line {
          let last = tokens[at - 1]
          let goesOn =
            last.kind == .mark && [",", "=>", "(", "[", "+", "&&", "||", "|>", "\\", "->"].contains(last.text)
            || last.isMark(":") && at - 1 > index
            || token.isMark(".")
          if !goesOn { break }
        }
        if token.isMark("{"), at > start {
          let last = tokens[at - 1]
          if !(last.kind == .mark && [",", ":", "=>", "(", "=", "["].contains(last.text)) { break }
        } else if token.isMark("{"), at == start {
          break
        }
        if token.isMark("}") || token.isMark(")") || token.isMark("]") || token.isWord("end") { break }
        if let close = source.close(at) { at = close }
        at += 1
      }
      arguments = source.parts(start..<min(at, tokens.count))
    }
    // A modifier behind: get 'x' if Rails.env.test?
    if source.isWord(at, "if") || source.isWord(at, "unless"), !(source.token(at)?.startsLine ?? true) {
      let line = tokens[at].line
      while at < tokens.count, tokens[at].line == line { at += 1 }
      return Call(arguments: arguments, block: nil, variable: nil, next: at)
    }
    var open: Int?
    var end: Int?
    if source.isWord(at, "do") {
      open = at
      end = ends[at]
    } else if source.isMark(at, "{") {
      open = at
      end = source.close(at)
    }
    guard let open, let end, end > open else {
      return Call(arguments: arguments, block: nil, variable: nil, next: max(at, index + 1))
    }
    var begin = open + 1
    var variable: String?
    if source.isMark(begin, "|"), let name = source.word(begin + 1) {
      variable = name
      var bar = begin + 1
      while bar < end, !source.isMark(bar, "|") { bar += 1 }
      begin = bar + 1
    }
    return Call(arguments: arguments, block: begin..<max(begin, end), variable: variable, next: end + 1)
  }
}
