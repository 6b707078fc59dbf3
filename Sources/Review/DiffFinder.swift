public import KnowledgeModel

/// Finds in changed files what calls for a check: by their paths, and by lines they gained.
public struct DiffFinder: Sendable {
  fileprivate struct PathRule: Sendable {
    var sign: Int
    var paths: [PathGlob]
    var except: [PathGlob]
  }

  /// The rules that a path can meet, by its ending: most paths share a few. Kept by whoever asks for many paths.
  public struct Endings: Sendable {
    fileprivate var rules: [[UInt8]: [PathRule]] = [:]

    public init() {}
  }

  private let checks: [Check]
  /// The kind of change of each sign.
  private let kinds: [String]
  private let hasLines: [Bool]
  private let rules: [PathRule]
  private let table: PhraseTable
  /// The wider kinds of each kind, itself included.
  private let wider: [String: Set<String>]
  /// - Parameter checks: those that a diff may call for.
  public init(_ changes: [Change], for checks: [Check]) {
    self.checks = checks
    let signs = changes.flatMap { change in change.signs.map { (change.id, $0) } }
    kinds = signs.map(\.0)
    hasLines = signs.map { !$0.1.lines.isEmpty }
    rules = signs.enumerated().map { number, sign in
      PathRule(sign: number, paths: sign.1.paths.map { PathGlob($0) }, except: sign.1.except.map { PathGlob($0) })
    }
    table = PhraseTable(signs.map { $0.1.lines.map { LinePhrase($0) } })
    let within = Dictionary(changes.map { ($0.id, $0.within) }, uniquingKeysWith: { first, _ in first })
    wider = Dictionary(
      uniqueKeysWithValues: within.keys.map { id in
        var all: Set<String> = [id]
        var next = within[id] ?? nil
        while let one = next, all.insert(one).inserted { next = within[one] ?? nil }
        return (id, all)
      })
  }

  /// What a path says, and what to look for in the file.
  public struct Watch: Sendable {
    /// The kinds of change that the path alone is a sign of.
    public fileprivate(set) var kinds: [String]
    fileprivate var wanted: [Bool]
    /// Whether the lines that the file gained matter.
    public var readsLines: Bool { wanted.contains(true) }
    /// Whether it would matter if somebody wrote such files by hand.
    public var isUnreviewed: Bool { kinds.isEmpty && !readsLines }
  }

  /// - Parameter path: from the root of the repository.
  /// - Returns: nil where nothing in such a file calls for a check.
  public func watch(_ path: [UInt8], _ endings: inout Endings) -> Watch? {
    let path = path.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
    let ending = Array(name[(name.lastIndex(of: UInt8(ascii: ".")) ?? name.startIndex)...])
    if endings.rules[ending] == nil {
      endings.rules[ending] = rules.compactMap { rule in
        var rule = rule
        rule.paths = rule.paths.compactMap { $0.narrowed(toEnding: ending) }
        rule.except = rule.except.compactMap { $0.narrowed(toEnding: ending) }
        return rule.paths.isEmpty ? nil : rule
      }
    }
    var watch: Watch?
    for rule in endings.rules[ending] ?? [] {
      guard rule.paths.contains(where: { $0.matches(path) }), !rule.except.contains(where: { $0.matches(path) }) else {
        continue
      }
      var found = watch ?? Watch(kinds: [], wanted: [Bool](repeating: false, count: kinds.count))
      if hasLines[rule.sign] {
        found.wanted[rule.sign] = true
      } else if !found.kinds.contains(kinds[rule.sign]) {
        found.kinds.append(kinds[rule.sign])
      }
      watch = found
    }
    if watch == nil || UnreviewedPath.isTest(path) { return nil }
    return !UnreviewedPath.contains(path) ? watch : Watch(kinds: [], wanted: [])
  }

  /// Lines of a file that show a kind of change.
  public struct Finds: Sendable {
    fileprivate struct Line: Sendable {
      var number: Int
      /// Without blanks at its ends.
      var text: ArraySlice<UInt8>
      var kinds: Set<String>
    }
    fileprivate var lines: [Line]
    public var isEmpty: Bool { lines.isEmpty }

    /// Only those that an older version does not have as often; where a line stands and how far it is indented does
    /// not matter. Of equal lines the last are the new ones.
    public func gained(since old: [UInt8]) -> Finds {
      var spare: [ArraySlice<UInt8>: Int] = [:]
      // Most lines are told off by their length, which is cheaper than a hash of them.
      var lengths: UInt64 = 0
      for line in lines {
        spare[line.text] = 0
        lengths |= 1 << UInt64(line.text.count & 63)
      }
      var start = old.startIndex
      while start < old.endIndex {
        let end = old[start...].firstIndex(of: 0x0A) ?? old.endIndex
        let text = trimmed(old[start..<end])
        if lengths >> UInt64(text.count & 63) & 1 == 1, let count = spare[text] { spare[text] = count + 1 }
        start = end + 1
      }
      return Finds(
        lines: lines.filter { line in
          guard let count = spare[line.text], count > 0 else { return true }
          spare[line.text] = count - 1
          return false
        })
    }

    /// A place for each kind, in alphabetical order of the kinds.
    public func places(in file: String) -> [DiffPlace] {
      Set(lines.flatMap(\.kinds)).sorted().map { kind in
        DiffPlace(change: kind, file: file, lines: lines.filter { $0.kinds.contains(kind) }.map(\.number))
      }
    }
  }

  /// What the new version of a file holds.
  public func finds(of watch: Watch, in contents: [UInt8]) -> Finds {
    guard watch.readsLines, !UnreviewedPath.saysGenerated(contents) else { return Finds(lines: []) }
    var lines: [Finds.Line] = []
    table.find(in: contents, wanted: watch.wanted) { number, place, signs in
      lines.append(
        Finds.Line(number: number, text: trimmed(contents[place]), kinds: Set(signs.map { kinds[$0] })))
    }
    return Finds(lines: lines)
  }

  /// The checks that places call for: those that name a kind of change, or a wider one that it lies within.
  ///
  /// - Parameter places: those of a file side by side.
  public func called(by places: [DiffPlace]) -> [CalledCheck] {
    let numbers = Dictionary(uniqueKeysWithValues: Set(places.map(\.change)).sorted().enumerated().map { ($1, $0) })
    let kinds = places.map { numbers[$0.change] ?? 0 }
    var files: [Range<Int>] = []
    for (number, place) in places.enumerated() {
      if let last = files.last, places[last.lowerBound].file == place.file {
        files[files.count - 1] = last.lowerBound..<number + 1
      } else {
        files.append(number..<number + 1)
      }
    }
    return checks.compactMap { check in
      var isMeant = [Bool](repeating: false, count: numbers.count)
      for (kind, number) in numbers {
        isMeant[number] = !(wider[kind] ?? [kind]).isDisjoint(with: check.changes)
      }
      guard isMeant.contains(true) else { return nil }
      var kept: [DiffPlace] = []
      for file in files {
        let meant = file.filter { isMeant[kinds[$0]] }
        kept += meant.count < 2 ? meant.map { places[$0] } : telling(meant.map { places[$0] })
      }
      return kept.isEmpty ? nil : CalledCheck(check: check, places: kept)
    }
  }

  /// Of the places of a file those that say something of their own: where narrower kinds say it of the same lines, or
  /// lines say what the path does, once is enough.
  private func telling(_ places: [DiffPlace]) -> [DiffPlace] {
    places.filter { place in
      let others = places.filter { $0.change != place.change }
      if place.lines.isEmpty { return others.allSatisfy(\.lines.isEmpty) }
      let narrower = others.filter { wider[$0.change]?.contains(place.change) == true }
      return !Set(narrower.flatMap(\.lines)).isSuperset(of: place.lines)
    }
  }
}

private func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
  guard let first = line.firstIndex(where: { !isBlank($0) }), let last = line.lastIndex(where: { !isBlank($0) }) else {
    return line[line.startIndex..<line.startIndex]
  }
  return line[first...last]
}
