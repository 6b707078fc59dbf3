/// A class or interface with its annotations, and its members with theirs: Java, Kotlin, TypeScript, C#, PHP.
struct AnnotatedType {
  struct Annotation {
    var name: String
    /// The arguments in the brackets; empty without any.
    var arguments: [Range<Int>]
    var index: Int
  }

  struct Member {
    var name: String
    var annotations: [Annotation]
    var index: Int
    /// Words between the annotations and the name: modifiers and types.
    var words: [String]
  }

  var name: String
  var isInterface: Bool
  var annotations: [Annotation]
  /// What it extends and implements, by the last word of each name.
  var bases: [String]
  var members: [Member]
  var index: Int

  func annotation(_ names: String...) -> Annotation? { annotations.first { names.contains($0.name) } }

  private static let kinds: Set<String> = ["class", "interface", "record", "object", "trait"]

  static func all(in source: Source) -> [AnnotatedType] {
    var types: [AnnotatedType] = []
    for index in source.tokens.indices {
      guard let kind = source.word(index), kinds.contains(kind), let name = source.word(index + 1),
        !source.isMark(index - 1, "."), !source.isMark(index - 1, "::"), !source.isMark(index - 1, "->")
      else { continue }
      var body = index + 2
      var bases: [String] = []
      while body < source.tokens.count, body - index < 200, !source.isMark(body, "{"), !source.isMark(body, ";") {
        if source.isMark(body, "("), let close = source.close(body) {
          body = close + 1
          continue
        }
        if source.isMark(body, "<") {
          let behind = source.behindGenerics(body)
          if behind > body {
            body = behind
            continue
          }
        }
        if source.word(body) != nil {
          let chain = source.chain(from: body)
          if let last = chain.words.last, !["extends", "implements", "where", "permits"].contains(last) {
            bases.append(last)
          }
          body = chain.end
          continue
        }
        body += 1
      }
      guard source.isMark(body, "{"), let close = source.close(body) else { continue }
      types.append(
        AnnotatedType(
          name: name, isInterface: kind == "interface", annotations: before(index, in: source), bases: bases,
          members: members(body, close, in: source), index: index))
    }
    return types
  }

  /// The annotations in front of a declaration, modifiers between them or not.
  private static func before(_ index: Int, in source: Source) -> [Annotation] {
    var found: [Annotation] = []
    var at = index - 1
    while at >= 0, index - at < 4096, found.count < 64 {
      let token = source.tokens[at]
      if token.kind == .word {
        let start = source.chain(endingAt: at).start
        if source.isMark(start - 1, "@") {
          found.append(Annotation(name: token.text, arguments: [], index: start - 1))
          at = start - 2
        } else {
          at -= 1
        }
        continue
      }
      let open = source.partner[at]
      if token.isMark(")"), open >= 0, source.token(open - 1)?.kind == .word {
        let start = source.chain(endingAt: open - 1).start
        guard source.isMark(start - 1, "@") else { break }
        found.append(
          Annotation(name: source.tokens[open - 1].text, arguments: source.arguments(open), index: start - 1))
        at = start - 2
        continue
      }
      if token.isMark("]"), open >= 0, source.language == .csharp || source.language == .php {
        found += group(open, in: source).reversed()
        at = open - 1
        continue
      }
      break
    }
    return found.reversed()
  }

  /// The annotations of one group: [A, B(…)] or #[A, B(…)]
  private static func group(_ open: Int, in source: Source) -> [Annotation] {
    source.arguments(open).compactMap { part in
      var start = part.lowerBound
      if source.isMark(start, "\\") { start += 1 }
      // [assembly: X], [return: X]
      if source.isMark(start + 1, ":") { start += 2 }
      guard source.token(start)?.kind == .word else { return nil }
      var (words, end) = source.chain(from: start)
      while source.isMark(end, "\\"), source.token(end + 1)?.kind == .word {
        let more = source.chain(from: end + 1)
        words += more.words
        end = more.end
      }
      guard let name = words.last else { return nil }
      return Annotation(name: name, arguments: source.isMark(end, "(") ? source.arguments(end) : [], index: start)
    }
  }

  private static func members(_ open: Int, _ close: Int, in source: Source) -> [Member] {
    var members: [Member] = []
    var pending: [Annotation] = []
    var words: [String] = []
    var at = open + 1
    while at < close {
      let token = source.tokens[at]
      if token.isMark("@"), source.token(at + 1)?.kind == .word, !source.isWord(at + 1, "interface") {
        let chain = source.chain(from: at + 1)
        var arguments: [Range<Int>] = []
        var end = chain.end
        if source.isMark(end, "("), let behind = source.close(end),
          !(source.token(end)?.spaceBefore ?? false) || source.language == .java
        {
          arguments = source.arguments(end)
          end = behind + 1
        }
        pending.append(Annotation(name: chain.words.last ?? "", arguments: arguments, index: at))
        at = end
        continue
      }
      if token.isMark("#[") || token.isMark("[") && source.language == .csharp && words.isEmpty,
        let behind = source.close(at)
      {
        pending += group(at, in: source)
        at = behind + 1
        continue
      }
      if token.kind == .mark {
        switch token.text {
        case ";", "}":
          pending = []
          words = []
        case "{":
          pending = []
          words = []
          at = source.close(at) ?? at
        case "(":
          if let name = source.word(at - 1), !pending.isEmpty {
            members.append(Member(name: name, annotations: pending, index: at - 1, words: words))
            pending = []
            words = []
          }
          at = source.close(at) ?? at
        case "[", "<":
          if let behind = source.close(at) { at = behind }
        case "=":
          // A field with an initial value.
          if source.language != .typescript { pending = [] }
        default: break
        }
      } else if token.kind == .word {
        words.append(token.text)
        if words.count > 40 { words.removeFirst() }
      }
      at += 1
    }
    return members
  }
}

extension Project {
  /// The texts of an annotation's value: one string, or a list of them.
  func texts(_ range: Range<Int>, in source: Source) -> [Reading] {
    let first = range.lowerBound
    if source.isMark(first, "{") || source.isMark(first, "["), source.close(first) == range.upperBound - 1 {
      return source.arguments(first).compactMap { value($0, in: source) }
    }
    if source.isWord(first, "arrayOf"), source.isMark(first + 1, "(") {
      return source.arguments(first + 1).compactMap { value($0, in: source) }
    }
    return value(range, in: source).map { [$0] } ?? []
  }

  /// The paths of an annotation, by any of the names or in first place; nil where it gives none.
  func paths(of annotation: AnnotatedType.Annotation, names: [String], in source: Source) -> [Reading]? {
    for name in names {
      if let value = source.argument(name, in: annotation.arguments) { return texts(value, in: source) }
    }
    let plain = annotation.arguments.filter { source.named($0) == nil }
    guard let first = plain.first else { return nil }
    // Kotlin allows several in a row.
    if source.language == .kotlin, plain.count > 1 { return plain.compactMap { value($0, in: source) } }
    return texts(first, in: source)
  }
}
