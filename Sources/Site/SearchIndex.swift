internal import Foundation
internal import TextFormats

/// The site's search without a server: its index as classic scripts, which site/search.js loads on first use, and
/// its form and pages. `files` is read by site/search-engine.js alone: change the two together.
///
/// `index` says how the rest is cut up. `words-N` holds a stretch of the words in order, each with the documents that it
/// stands in; `entries-N` what is shown of some documents, `texts-N` their text, to show a word in its context. Only what
/// a query touches is loaded.
public enum SearchIndex {
  /// Small knowledge has all its words in one file, and all its entries in another; beyond that, files are cut small, so
  /// that a first result needs little. Sizes in bytes.
  private static let onePiece = 130_000
  private static let wordsBudget = 16_000
  private static let entriesBudget = 6_000
  private static let textsBudget = 16_000
  private static let vocabularyBudget = 60_000

  /// The index, with paths from the site's root.
  public static func files(_ documents: [SearchDocument]) -> [(path: String, text: String)] {
    let terms = SearchPostings(documents).terms
    let postings = terms.map { SearchEncoding.postings($0.postings) }
    let sizes = zip(terms, postings).map { $0.word.utf8.count / 2 + 2 + $1.utf8.count + 1 }
    let wordCuts = cuts(sizes, budget: wordsBudget, onePiece: onePiece)
    let entries = documents.map { JSON.strings([$0.url, $0.title, $0.kind, $0.area, $0.summary]) }
    let entryCuts = cuts(entries.map { $0.line.utf8.count }, budget: entriesBudget, onePiece: onePiece)
    let texts = documents.map { JSON.string(onOneLine($0.text)) }
    let textCuts = cuts(texts.map { $0.line.utf8.count }, budget: textsBudget, onePiece: textsBudget)

    var index: [JSON.Member] = [
      .init("count", .number(.init(documents.count))),
      .init("words", .strings(wordCuts.map { terms[$0].word })),
      .init("entries", .string(SearchEncoding.ascending(entryCuts))),
      .init("texts", .string(SearchEncoding.ascending(textCuts))),
    ]
    if wordCuts.count > 1 {
      let known = vocabulary(terms)
      index.append(.init("vocabulary", .string(SearchEncoding.words(known.map(\.word)))))
      index.append(.init("ranks", .string(String(decoding: known.map(SearchEncoding.rank), as: UTF8.self))))
    }
    return [script("index", .object(index))]
      + pieces(wordCuts, of: terms.count).map { number, piece in
        script(
          "words-\(number)",
          .strings([
            SearchEncoding.words(terms[piece].map(\.word)), postings[piece].joined(separator: " "),
          ]))
      }
      + pieces(entryCuts, of: entries.count).map { script("entries-\($0)", .array(Array(entries[$1]))) }
      + pieces(textCuts, of: texts.count).map { script("texts-\($0)", .array(Array(texts[$1]))) }
  }

  private static func script(_ name: String, _ data: JSON) -> (path: String, text: String) {
    ("assets/search/\(name).js", "plumblineSearch(\(JSON.string(name).line),\(data.line));\n")
  }

  /// Where pieces begin of which none is over the budget, unless one item alone is; or one piece where all fit into it.
  private static func cuts(_ sizes: [Int], budget: Int, onePiece: Int) -> [Int] {
    if sizes.reduce(0, +) <= onePiece { return sizes.isEmpty ? [] : [0] }
    var cuts: [Int] = []
    var size = 0
    for (index, item) in sizes.enumerated() {
      if index == 0 || size + item > budget {
        cuts.append(index)
        size = 0
      }
      size += item
    }
    return cuts
  }

  private static func pieces(_ cuts: [Int], of count: Int) -> [(number: Int, range: Range<Int>)] {
    zip(cuts, cuts.dropFirst() + [count]).enumerated().map { ($0, $1.0..<$1.1) }
  }

  /// The words that a beginning is completed to and a slip is corrected to: all, or those that fit, names and common
  /// words first. The others are found by being typed as they are.
  private static func vocabulary(_ terms: [SearchPostings.Term]) -> [SearchPostings.Term] {
    var left = vocabularyBudget
    let wanted = terms.indices.sorted {
      let (a, b) = (SearchEncoding.rank(terms[$0]), SearchEncoding.rank(terms[$1]))
      return a != b ? a > b : $0 < $1
    }
    let kept = wanted.prefix { index in
      left -= terms[index].word.utf8.count / 2 + 4
      return left >= 0
    }
    return kept.sorted().map { terms[$0] }
  }

  private static func onOneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
