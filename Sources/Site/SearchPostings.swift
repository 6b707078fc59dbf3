/// In which documents each word stands, and how much it says about them.
struct SearchPostings {
  struct Posting {
    var document: Int
    /// 1...highestLevel.
    var level: Int
  }

  struct Term {
    /// A stem, or a compound as a whole.
    var word: String
    /// In order of documents.
    var postings: [Posting]
    /// Whether it names a document rather than only standing in one.
    var isInNames: Bool
  }

  static let highestLevel = 24

  /// In order of their UTF-16, as JavaScript compares.
  private(set) var terms: [Term] = []

  /// How often a word stands in each field of one document.
  private struct Counts {
    var document: Int
    var title = 0.0, keywords = 0.0, summary = 0.0, text = 0.0
  }

  init(_ documents: [SearchDocument]) {
    var words = SearchWords()
    var ids: [String: Int] = [:]
    var names: [String] = []
    var counts: [[Counts]] = []
    var lengths = documents.indices.map { Counts(document: $0) }

    for (document, value) in documents.enumerated() {
      func count(_ text: String, _ field: WritableKeyPath<Counts, Double>, wholes: Bool) {
        func add(_ word: String) {
          let id = ids[word] ?? names.count
          if id == names.count {
            ids[word] = id
            names.append(word)
            counts.append([])
          }
          if counts[id].last?.document != document { counts[id].append(Counts(document: document)) }
          counts[id][counts[id].count - 1][keyPath: field] += 1
          lengths[document][keyPath: field] += 1
        }
        words.forEach(in: text) { word in
          word.parts.forEach(add)
          if let whole = word.whole, wholes || word.isName { add(whole) }
        }
      }
      count(value.title, \.title, wholes: true)
      for keyword in value.keywords { count(keyword, \.keywords, wholes: true) }
      count(value.summary, \.summary, wholes: true)
      count(value.text, \.text, wholes: false)
    }

    let weighing = Weighing(lengths)
    for (id, found) in counts.enumerated() {
      // What stands in every fourth text says nothing about any of them.
      let isCommon = documents.count >= 100 && found.count(where: { $0.text > 0 }) * 4 > documents.count
      let postings = found.compactMap { counts -> Posting? in
        var counts = counts
        if isCommon { counts.text = 0 }
        let level = weighing.level(counts, lengths[counts.document])
        return level > 0 ? Posting(document: counts.document, level: level) : nil
      }
      guard !postings.isEmpty else { continue }
      terms.append(
        Term(word: names[id], postings: postings, isInNames: found.contains { $0.title + $0.keywords > 0 }))
    }
    terms.sort { $0.word.utf16.lexicographicallyPrecedes($1.word.utf16) }
  }

  /// Each field adds what it is worth, the more often the word stands there and the shorter the field, but never more
  /// than its share: as BM25 has it, field by field.
  private struct Weighing {
    private let mean: Counts

    init(_ lengths: [Counts]) {
      func mean(_ field: KeyPath<Counts, Double>) -> Double {
        max(1, lengths.reduce(0) { $0 + $1[keyPath: field] } / Double(max(1, lengths.count)))
      }
      self.mean = Counts(
        document: 0, title: mean(\.title), keywords: mean(\.keywords), summary: mean(\.summary), text: mean(\.text))
    }

    func level(_ counts: Counts, _ length: Counts) -> Int {
      func worth(_ share: Double, _ field: KeyPath<Counts, Double>, saturation: Double, byLength: Double) -> Double {
        let count = counts[keyPath: field]
        guard count > 0 else { return 0 }
        let relative = 1 - byLength + byLength * length[keyPath: field] / mean[keyPath: field]
        return share * count / (count + saturation * relative)
      }
      let sum =
        worth(10, \.title, saturation: 0.4, byLength: 0.8) + worth(7, \.keywords, saturation: 0.6, byLength: 0.2)
        + worth(3.5, \.summary, saturation: 0.6, byLength: 0.5) + worth(4.5, \.text, saturation: 1.4, byLength: 0.7)
      return sum > 0 ? min(highestLevel, max(1, Int(sum.rounded()))) : 0
    }
  }
}

// MARK: Writing

/// Numbers and lists as short text; site/search.js reads them.
enum SearchEncoding {
  private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".utf8)
  private static let levels = Array("!#$%&'()*+,./:;=>?@[]^`{|}~".utf8)

  /// In base 32, the last digit from the first half of `digits`, all before it from the second.
  static func append(_ number: Int, to out: inout [UInt8]) {
    var shift = 0
    while number >> (shift + 5) > 0 { shift += 5 }
    while shift > 0 {
      out.append(digits[32 + (number >> shift) & 31])
      shift -= 5
    }
    out.append(digits[number & 31])
  }

  /// Ascending numbers, each as its distance from the one before.
  static func ascending(_ numbers: [Int]) -> String {
    var out: [UInt8] = []
    var previous = 0
    for number in numbers {
      append(number - previous, to: &out)
      previous = number
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// By level, highest first: the sign of the level, then its documents as distances from the one before.
  static func postings(_ postings: [SearchPostings.Posting]) -> String {
    var byLevel = Array(repeating: [Int](), count: SearchPostings.highestLevel + 1)
    for posting in postings { byLevel[posting.level].append(posting.document) }
    var out: [UInt8] = []
    for (level, documents) in byLevel.enumerated().reversed() where !documents.isEmpty {
      out.append(levels[level])
      var next = 0
      for document in documents {
        append(document - next, to: &out)
        next = document + 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Words in order, a space between: how many UTF-16 units each shares with the one before, as a digit, then the rest.
  static func words(_ words: some Sequence<String>) -> String {
    var out: [String] = []
    var previous: [UInt16] = []
    for word in words {
      let units = Array(word.utf16)
      // What is shared never ends within a character, so that the rest is text.
      let common = zip(units, previous).prefix { $0 == $1 && !UTF16.isSurrogate($0) }.count
      let shared = min(common, 31)
      out.append(
        String(decoding: [digits[shared]], as: UTF8.self) + String(decoding: units[shared...], as: UTF16.self))
      previous = units
    }
    return out.joined(separator: " ")
  }

  /// One digit: the logarithm of how many documents, to base 2.
  static func rank(_ term: SearchPostings.Term) -> UInt8 {
    let size = Int.bitWidth - term.postings.count.leadingZeroBitCount
    return digits[min(31, size + (term.isInNames ? 4 : 0))]
  }
}
