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

  private enum Field: Int { case title, keywords, summary, text }

  /// How often a word stands in each field of one document.
  private struct Counts {
    var document: Int
    var inField = SIMD4<Double>.zero
  }

  init(_ documents: [SearchDocument]) {
    var words = SearchWords()
    var ids: [String: Int] = [:]
    var names: [String] = []
    var counts: [[Counts]] = []
    var lengths = Array(repeating: SIMD4<Double>.zero, count: documents.count)

    for (document, value) in documents.enumerated() {
      func count(_ text: String, _ field: Field) {
        func add(_ word: String) {
          let id = ids[word] ?? names.count
          if id == names.count {
            ids[word] = id
            names.append(word)
            counts.append([])
          }
          if counts[id].last?.document != document { counts[id].append(Counts(document: document)) }
          counts[id][counts[id].count - 1].inField[field.rawValue] += 1
          lengths[document][field.rawValue] += 1
        }
        words.forEach(in: text) { word in
          word.parts.forEach(add)
          if let whole = word.whole, field != .text || word.hasDigit { add(whole) }
        }
      }
      count(value.title, .title)
      for keyword in value.keywords { count(keyword, .keywords) }
      count(value.summary, .summary)
      count(value.text, .text)
    }

    let weighing = Weighing(lengths)
    for (id, found) in counts.enumerated() {
      // What stands in every fourth text says nothing about any of them.
      let inText = found.count { $0.inField[Field.text.rawValue] > 0 }
      let isCommon = documents.count >= 100 && inText * 4 > documents.count
      let postings = found.compactMap { counts -> Posting? in
        var inField = counts.inField
        if isCommon { inField[Field.text.rawValue] = 0 }
        let level = weighing.level(inField, lengths[counts.document])
        return level > 0 ? Posting(document: counts.document, level: level) : nil
      }
      guard !postings.isEmpty else { continue }
      let isInNames = found.contains { $0.inField[Field.title.rawValue] + $0.inField[Field.keywords.rawValue] > 0 }
      terms.append(Term(word: names[id], postings: postings, isInNames: isInNames))
    }
    terms.sort { $0.word.utf16.lexicographicallyPrecedes($1.word.utf16) }
  }

  /// Each field adds what it is worth, the more often the word stands there and the shorter the field, but never more
  /// than its share: as BM25 has it, field by field.
  private struct Weighing {
    private let mean: SIMD4<Double>

    init(_ lengths: [SIMD4<Double>]) {
      let sum = lengths.reduce(.zero, +) / Double(max(1, lengths.count))
      mean = sum.replacing(with: 1, where: sum .< 1)
    }

    func level(_ counts: SIMD4<Double>, _ length: SIMD4<Double>) -> Int {
      func worth(_ field: Field, _ share: Double, saturation: Double, byLength: Double) -> Double {
        let count = counts[field.rawValue]
        guard count > 0 else { return 0 }
        let relative = 1 - byLength + byLength * length[field.rawValue] / mean[field.rawValue]
        return share * count / (count + saturation * relative)
      }
      let sum =
        worth(.title, 10, saturation: 0.4, byLength: 0.8) + worth(.keywords, 7, saturation: 0.6, byLength: 0.2)
        + worth(.summary, 3.5, saturation: 0.6, byLength: 0.5) + worth(.text, 4.5, saturation: 1.4, byLength: 0.7)
      return sum > 0 ? min(highestLevel, max(1, Int(sum.rounded()))) : 0
    }
  }
}

// MARK: Writing

/// Numbers and lists as short text; site/search-engine.js reads them.
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
