/// What somebody typed, or a page says, as the notions in it.
///
/// Words are cut from punctuation, camel case and snake case, brought to their stem, freed of noise such as “the” or
/// “ERROR”, and replaced by what the thesaurus takes them for.
struct Words: Sendable {
  /// In order, without repetition.
  private(set) var notions: [String] = []
  /// Those that stand for a word as it was probably meant.
  private(set) var guessed: Set<String> = []

  /// - Parameter correct: for a word that means nothing yet, the one that was probably meant.
  init(_ text: String, correct: (String) -> String? = { _ in nil }) {
    var seen = Set<String>()
    func add(_ notion: String) { if seen.insert(notion).inserted { notions.append(notion) } }
    let raw = Words.raw(text)
    var tokens = raw.map(Words.stem)
    for (index, token) in tokens.enumerated() {
      guard Thesaurus.notions[token] == nil, !Thesaurus.noise.contains(token), let meant = correct(raw[index]) else {
        continue
      }
      tokens[index] = Words.stem(meant)
      guessed.formUnion(Thesaurus.notions[tokens[index]] ?? [tokens[index]])
    }
    var index = 0
    while index < tokens.count {
      if let (expression, length) = Thesaurus.expression(at: index, of: tokens) {
        expression.forEach(add)
        index += length
      } else {
        let token = tokens[index]
        if let notions = Thesaurus.notions[token] {
          notions.forEach(add)
        } else if !Thesaurus.noise.contains(token) {
          add(token)
        }
        index += 1
      }
    }
    // “Takes 30 s”, or “5 ms before, 4 seconds now”, says slow without the word.
    if Words.saysLong(tokens) { add("slow") }
  }

  // MARK: Tokens

  /// Stems, in order, noise included.
  static func tokens(_ text: String) -> [String] { raw(text).map(stem) }

  /// Words in lower case, cut from camel case and punctuation.
  static func raw(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previous: Character?
    let characters = Array(text.prefix(4096))
    for (index, character) in characters.enumerated() {
      defer { previous = character }
      guard character.isLetter || character.isNumber else {
        // An apostrophe belongs to its word: can't, doesn't.
        if character == "'" || character == "’", !word.isEmpty { continue }
        words.append(word)
        word = ""
        continue
      }
      if character.isUppercase, let before = previous, before.isLetter || before.isNumber {
        let next = index + 1 < characters.count ? characters[index + 1] : " "
        // OOMKilled is OOM and Killed, queuePool is queue and Pool; FLUSHALL and HY000 stay whole.
        if before.isLowercase || (before.isUppercase && next.isLowercase) {
          words.append(word)
          word = ""
        }
      }
      word.append(contentsOf: character.lowercased())
    }
    words.append(word)
    return words.filter { !$0.isEmpty }
  }

  /// Without the endings of plural, tense and the like; the rest need not be a word.
  static func stem(_ word: String) -> String {
    guard word.count > 3, word.allSatisfy(\.isLetter) else { return word }
    var stem = word
    func cut(_ ending: String, to replacement: String = "", keeping least: Int = 3) -> Bool {
      guard stem.hasSuffix(ending), stem.count - ending.count >= least else { return false }
      stem = stem.dropLast(ending.count) + replacement
      return true
    }
    if !cut("ies", to: "y"), !cut("sses", to: "ss"), !stem.hasSuffix("ss"), !stem.hasSuffix("us"), !stem.hasSuffix("is")
    {
      _ = cut("s")
    }
    if cut("ied", to: "y") {
      return stem
    } else if cut("ing") || cut("ed") {
      // dropped, but filled and missed
      if let last = stem.last, stem.dropLast().last == last, !"lsz".contains(last) { stem.removeLast() }
    } else if !(cut("tion", to: "t") || cut("sion", to: "s")) {
      _ = cut("ly")
    }
    if stem.count > 3, stem.hasSuffix("e") { stem.removeLast() }
    return stem
  }

  // MARK: Figures

  /// `30000ms`, `4242`, `HY000`: says nothing by itself, unless a runbook names it.
  static func isFigure(_ token: String) -> Bool { token.contains(where: \.isNumber) }

  private static let units: Set<String> = [
    "ms", "millisecond", "s", "sec", "second", "m", "min", "minut", "minute", "h", "hour", "hr",
  ]
  private static let numbers: Set<String> = ["a", "an", "on", "one", "two", "three", "five", "ten"]

  private static let taking: Set<String> = ["tak", "take", "took", "taken", "need"]

  /// Whether two durations are compared, or one is said to be taken: `5ms`, `4 seconds`, `an hour`.
  private static func saysLong(_ tokens: [String]) -> Bool {
    var count = 0
    for (index, token) in tokens.enumerated() {
      let unit = token.drop(while: \.isNumber)
      let isWhole = unit.count < token.count && units.contains(String(unit))
      let isInWords =
        index > 0 && token.count > 1 && units.contains(token)
        && (numbers.contains(tokens[index - 1]) || tokens[index - 1].allSatisfy(\.isNumber))
      guard isWhole || isInWords else { continue }
      count += 1
      let first = isWhole ? index : index - 1
      if tokens[max(0, first - 2)..<first].contains(where: taking.contains) { return true }
    }
    return count > 1
  }
}
