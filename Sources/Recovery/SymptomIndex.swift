public import KnowledgeModel

/// Finds the runbook for what somebody says about a system in trouble.
///
/// Each notion in the words counts for a runbook by how prominently it stands there (in the phrases and title more than
/// in a cause, and there more than in the page) and by how few other runbooks have it. What no runbook knows counts
/// against all of them, so that a single common word does not claim a runbook for something else.
public struct SymptomIndex: Sendable {
  /// What was found.
  public enum Finding: Sendable, Hashable {
    /// One runbook, clearly before the others.
    case one(Runbook)
    /// Several that are near to one another, best first.
    case several([Runbook])
    case none
  }

  /// A runbook with how well it fits.
  public struct Match: Sendable, Hashable {
    public var runbook: Runbook
    /// Sum of what speaks for it; comparable within one search only.
    public var evidence: Double
    /// Which share of what was said it explains, 0 to 1.
    public var coverage: Double
    /// How many notions stand in its head: title, symptom, phrases, causes.
    public var prominent: Int

    /// Whether one of them names the symptom itself and not only a cause.
    public var namesSymptom: Bool

    /// One notion has to name the symptom and explain most of what was said; several may stand among words that nobody
    /// knows.
    var isGoodEnough: Bool {
      switch prominent {
      case 0: false
      case 1: namesSymptom && evidence >= 0.85 && coverage >= 0.6
      case 2: evidence >= 1.05 && coverage >= 0.4
      default: evidence >= 2 && coverage >= 0.3
      }
    }
  }

  /// What a notion says for one runbook.
  private struct Share {
    var weight: Double
    /// How prominent its place is: 1 in a phrase, less in a cause, least in the page.
    var place: Double
  }

  private let runbooks: [Runbook]
  /// By notion: the runbooks that have it, and how much it says for each.
  private let weights: [String: [Int: Share]]
  /// What stands in titles, symptoms and phrases.
  private let prominent: Set<String>
  /// Words of the heads and of the thesaurus as they are written, for slips.
  private let vocabulary: [[Character]]

  public init(_ runbooks: [Runbook]) {
    self.runbooks = runbooks
    var places: [String: [Int: Double]] = [:]
    var written = Set(Thesaurus.words)
    for (number, runbook) in runbooks.enumerated() {
      let head =
        [runbook.entry.title, runbook.symptom] + runbook.phrases + runbook.causes.flatMap { [$0.title, $0.ask] }
      written.formUnion(head.flatMap(Words.raw))
      func add(_ text: String, _ weight: Double) {
        for notion in Words(text).notions { places[notion, default: [:]][number, default: 0].raise(to: weight) }
      }
      for phrase in runbook.phrases { add(phrase, 1) }
      add(runbook.entry.title, 1)
      add(runbook.id, 1)
      add(runbook.symptom, 0.8)
      for cause in runbook.causes {
        add(cause.title, 0.6)
        add(cause.ask, 0.4)
      }
      add(runbook.entry.summary, 0.5)
      add(runbook.entry.body, 0.2)
    }
    vocabulary = written.filter { $0.count > 3 }.sorted().map(Array.init)
    prominent = Set(places.filter { $0.value.values.contains { $0 >= SymptomIndex.inHead } }.keys)
    weights = Dictionary(
      uniqueKeysWithValues: places.map { notion, shares in
        // In order, so that every run adds up the same.
        let spread = shares.sorted { $0.key < $1.key }.map(\.value).reduce(0, +)
        var rarity = max(0.1, SymptomIndex.logarithm((Double(runbooks.count) + 0.5) / (spread + 0.5)) + 0.15)
        if Thesaurus.circumstances.contains(notion) { rarity /= 3 }
        return (notion, shares.mapValues { Share(weight: $0 * rarity, place: $0) })
      })
  }

  /// The runbook with this id, or the one that had it before, or what the words describe.
  public func find(_ words: String) -> Finding {
    let id = words.filter { !$0.isWhitespace || $0 == " " }.lowercased()
    if let runbook = runbooks.first(where: { $0.id == id || $0.entry.aliases.contains(id) }) { return .one(runbook) }
    let matches = matches(words)
    guard let best = matches.first else { return .none }
    let near = matches.prefix { $0.evidence >= best.evidence * SymptomIndex.near }
    return near.count == 1 ? .one(best.runbook) : .several(near.map(\.runbook))
  }

  /// Everything that fits well enough, best first.
  public func matches(_ words: String) -> [Match] {
    ranked(words).filter(\.isGoodEnough)
  }

  /// Every runbook, those first that fit best, however badly.
  public func nearest(_ words: String) -> [Runbook] {
    let ranked = ranked(words).filter { $0.evidence > 0 }.map(\.runbook)
    return ranked + runbooks.filter { !ranked.contains($0) }
  }

  /// Every runbook with how it fits, best first; none where nothing was said.
  func ranked(_ words: String) -> [Match] {
    var evidence = [Double](repeating: 0, count: runbooks.count)
    var prominentHits = [Int](repeating: 0, count: runbooks.count)
    var namesSymptom = [Bool](repeating: false, count: runbooks.count)
    var total = 0.0
    let said = Words(words) { weights[Words.stem($0)] == nil ? correction(of: $0) : nil }
    for notion in said.notions where !Words.isFigure(notion) || prominent.contains(notion) {
      let shares = weights[notion] ?? [:]
      // A slip of the finger counts a little less than the word that was meant.
      let factor = said.guessed.contains(notion) ? 0.8 : 1
      for (number, share) in shares {
        evidence[number] += share.weight * factor
        if share.place >= SymptomIndex.inHead { prominentHits[number] += 1 }
        if share.place >= SymptomIndex.inSymptom { namesSymptom[number] = true }
      }
      let best = shares.values.map(\.weight).max() ?? 0
      total += prominent.contains(notion) ? best : max(best, SymptomIndex.foreign)
    }
    guard total > 0 else { return [] }
    return runbooks.indices.map {
      Match(
        runbook: runbooks[$0], evidence: evidence[$0], coverage: evidence[$0] / total, prominent: prominentHits[$0],
        namesSymptom: namesSymptom[$0])
    }.sorted { ($0.evidence, $1.runbook.id) > ($1.evidence, $0.runbook.id) }
  }

  /// The known word that differs by one slip, by two in long words.
  func correction(of word: String) -> String? {
    guard word.count >= 4, word.allSatisfy(\.isLetter) else { return nil }
    let letters = Array(word)
    let slips = letters.count >= 8 ? 2 : 1
    var best: (distance: Int, word: String)?
    for known in vocabulary where abs(known.count - letters.count) <= slips && known.first == letters.first {
      let distance = SymptomIndex.distance(letters, known)
      guard distance <= slips, distance < best?.distance ?? .max else { continue }
      // In short words a letter makes another word: load and loud. Only exchanged letters are a slip there.
      if letters.count < 5, letters.sorted() != known.sorted() { continue }
      best = (distance, String(known))
    }
    return best?.word
  }

  // MARK: Measures

  /// What a place in the head counts at least.
  static let inHead = 0.4
  /// The same for what names the symptom: phrases, title, symptom.
  static let inSymptom = 0.8
  /// What a word that stands in no runbook's head weighs.
  static let foreign = 2.0
  /// From which share of the best one another is near.
  static let near = 0.85

  /// Natural logarithm, by a series, so that every machine computes the same.
  private static func logarithm(_ x: Double) -> Double {
    let y = (x - 1) / (x + 1)
    var power = y
    var sum = 0.0
    for n in stride(from: 1, to: 80, by: 2) {
      sum += power / Double(n)
      power *= y * y
    }
    return 2 * sum
  }

  /// Slips between two words: letters left out, added, replaced, or two beside each other exchanged.
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      before = previous
      previous = row
    }
    return previous[b.count]
  }
}

extension Double {
  fileprivate mutating func raise(to value: Double) { self = Swift.max(self, value) }
}
