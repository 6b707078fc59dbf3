/// A kind of change that a diff can hold: how it is recognised. Checks name the kinds that call for them.
public struct Change: Sendable, Hashable {
  public var entry: Entry
  /// The wider kind that it is a part of: a diff of this kind calls for that one's checks, too, and that one's
  /// pull-request template asks for this one's.
  public var within: String?
  /// Whether a forge that can have several pull-request templates gets one for it.
  public var hasTemplate: Bool
  /// Any of them is enough.
  public var signs: [Sign]

  public var id: String { entry.id }

  /// A file at one of these paths that gained a line with one of these phrases.
  public struct Sign: Sendable, Hashable {
    /// `PathGlob`s.
    public var paths: [String]
    /// Paths that are left out.
    public var except: [String]
    /// `LinePhrase`s; where there are none, the path alone is enough.
    public var lines: [String]

    public init(paths: [String], except: [String], lines: [String]) {
      self.paths = paths
      self.except = except
      self.lines = lines
    }
  }

  public init(entry: Entry, within: String?, hasTemplate: Bool, signs: [Sign]) {
    self.entry = entry
    self.within = within
    self.hasTemplate = hasTemplate
    self.signs = signs
  }
}

/// Paths below the root of a repository: `*` stands for any characters but `/`, `?` for one of them, `**/` for any
/// folders or none, a closing `/**` for everything below, `{a,b}` for either. Letters count as the same in either case.
public struct PathGlob: Sendable, Hashable {
  /// One for each way of choosing among the braces.
  private var patterns: [Pattern]

  private struct Pattern: Sendable, Hashable {
    /// Lower case.
    var text: [UInt8]
    /// What each path that it matches ends in.
    var tail: [UInt8]

    init(_ text: [UInt8]) {
      self.text = text
      let special = text.lastIndex { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
      tail = Array(text[(special.map { $0 + 1 } ?? 0)...])
      // The folders before a slash may be none.
      if text.dropLast(tail.count).suffix(2).elementsEqual("**".utf8), !tail.isEmpty { tail.removeFirst() }
    }
  }

  /// What is wrong with a text as a glob; nil where it is one.
  public static func problem(_ text: String) -> String? {
    if text.isEmpty { return "it is empty" }
    if text.hasPrefix("/") { return "it begins with /; paths begin at the repository's root" }
    if text.contains("[") || text.contains("\\") { return "it has [ or \\; write each case with {a,b}" }
    guard let all = expanded(text) else { return "its braces do not close, stand inside each other, or are too many" }
    for part in all.flatMap({ $0.split(separator: "/") }) where part.contains("**") && part != "**" {
      return "“**” stands beside other characters; it is a folder of its own"
    }
    return nil
  }

  /// - Parameter text: one without a `problem`; any other matches nothing.
  public init(_ text: String) {
    patterns =
      PathGlob.problem(text) == nil ? (PathGlob.expanded(text) ?? []).map { Pattern(Array($0.lowercased().utf8)) } : []
  }

  /// What is left of it for paths with this ending; nil where it matches none of them.
  ///
  /// - Parameter ending: lower case.
  public func narrowed(toEnding ending: [UInt8]) -> PathGlob? {
    var narrow = self
    narrow.patterns = patterns.filter { zip($0.tail.reversed(), ending.reversed()).allSatisfy { $0 == $1 } }
    return narrow.patterns.isEmpty ? nil : narrow
  }

  /// - Parameter path: from the root of the repository, with `/`; lower case.
  public func matches(_ path: [UInt8]) -> Bool {
    path.withUnsafeBufferPointer { path in
      patterns.contains { pattern in
        path.suffix(pattern.tail.count).elementsEqual(pattern.tail)
          && pattern.text.withUnsafeBufferPointer { PathGlob.matches($0, 0, path, 0) }
      }
    }
  }

  /// From a place in each on. Slices would cost several times as much, and this is asked for every file and glob.
  private static func matches(
    _ pattern: UnsafeBufferPointer<UInt8>, _ patternStart: Int, _ path: UnsafeBufferPointer<UInt8>, _ pathStart: Int
  ) -> Bool {
    let star = UInt8(ascii: "*")
    let slash = UInt8(ascii: "/")
    var inPattern = patternStart
    var inPath = pathStart
    // Where the latest star may take one character more.
    var retry: (pattern: Int, path: Int)?
    while true {
      let left = pattern.count - inPattern
      if left >= 2, pattern[inPattern] == star, pattern[inPattern + 1] == star {
        if left == 2 { return inPath < path.count }
        if matches(pattern, inPattern + 3, path, inPath) { return true }
        return (inPath..<path.count).contains { path[$0] == slash && matches(pattern, inPattern + 3, path, $0 + 1) }
      }
      if left > 0, pattern[inPattern] == star {
        inPattern += 1
        retry = (inPattern, inPath)
      } else if left > 0, inPath < path.count,
        pattern[inPattern] == path[inPath] || pattern[inPattern] == UInt8(ascii: "?") && path[inPath] != slash
      {
        inPattern += 1
        inPath += 1
      } else if left == 0, inPath == path.count {
        return true
      } else if let last = retry, last.path < path.count, path[last.path] != slash {
        retry = (last.pattern, last.path + 1)
        inPattern = last.pattern
        inPath = last.path + 1
      } else {
        return false
      }
    }
  }

  /// The text for each way of choosing among its braces; nil where they do not close, nest, or give more than 256.
  private static func expanded(_ text: String) -> [String]? {
    var all = [""]
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      let inside = rest[rest.index(after: open)..<close]
      guard !inside.contains("{"), !rest[..<open].contains("}") else { return nil }
      let ways = inside.split(separator: ",", omittingEmptySubsequences: false)
      let before = rest[..<open]
      all = all.flatMap { head in ways.map { head + before + $0 } }
      guard all.count <= 256 else { return nil }
      rest = rest[rest.index(after: close)...]
    }
    return rest.contains("}") ? nil : all.map { $0 + rest }
  }
}

/// Words to be found in a line: letters count as the same in either case, a blank stands for any blanks, `*` for
/// anything, also nothing. Where the phrase begins or ends with a word, that is a whole word, unless a `*` ends it.
public struct LinePhrase: Sendable, Hashable {
  /// Between its stars, in order; lower case.
  public var parts: [[UInt8]]
  /// Whether anything may follow at once.
  private var isOpen: Bool

  /// What is wrong with a text as a phrase; nil where it is one.
  public static func problem(_ text: String) -> String? {
    if text.hasPrefix(" ") || text.hasSuffix(" ") { return "it begins or ends with a blank" }
    if !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return "it has characters beyond ASCII" }
    if text.contains("**") || text.contains("* *") { return "it has one * after another" }
    if text.prefix(while: { $0 != "*" }).count < 4 {
      return "it begins with fewer than four characters; that is found everywhere"
    }
    return nil
  }

  /// - Parameter text: one without a `problem`; any other is never found.
  public init(_ text: String) {
    let isPhrase = LinePhrase.problem(text) == nil
    parts = isPhrase ? text.lowercased().split(separator: "*").map { Array($0.utf8) } : []
    isOpen = text.hasSuffix("*")
  }

  /// - Parameter line: lower case, without its line break.
  public func isFound(in line: [UInt8]) -> Bool { line.indices.contains { matches(line, at: $0) } }

  /// Whether it is found with its beginning at a place.
  public func matches(_ line: [UInt8], at start: Int) -> Bool {
    guard let first = parts.first?.first else { return false }
    if isWord(first), start > 0, isWord(line[start - 1]) { return false }
    var from = start...start
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      // The first place of each part is as good as any, but for the last one, which must not end inside a word.
      let ends = from.lazy.compactMap { LinePhrase.end(of: part, in: line, at: $0) }
      guard let place = ends.first(where: { !isLast || !isCut(part, line, at: $0) }) else { return false }
      from = place...line.count
    }
    return true
  }

  /// Whether a word goes on where the phrase ends with one.
  private func isCut(_ part: [UInt8], _ line: [UInt8], at place: Int) -> Bool {
    !isOpen && part.last.map(isWord) == true && place < line.count && isWord(line[place])
  }

  /// The place behind a part that begins at a place; nil where it does not.
  private static func end(of part: [UInt8], in line: [UInt8], at start: Int) -> Int? {
    var place = start
    for byte in part {
      guard place < line.count else { return nil }
      if byte == 0x20 {
        guard isBlank(line[place]) else { return nil }
        while place < line.count, isBlank(line[place]) { place += 1 }
      } else {
        guard line[place] == byte else { return nil }
        place += 1
      }
    }
    return place
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

private func isWord(_ byte: UInt8) -> Bool {
  0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == 0x5F || byte >= 0x80
}
