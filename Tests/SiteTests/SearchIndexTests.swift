import Content
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing
import TextFormats

@testable import Site

/// Things to find: those that ship, and as many as wanted.
enum SearchSamples {
  static let shipped = KnowledgeCompiler.compile([
    KnowledgeSource(
      name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
  ]).knowledge.entries.map { entry in
    SearchDocument(
      url: "\(entry.kind.rawValue)/\(entry.id).html", title: entry.title, kind: entry.kind.singular,
      area: entry.area.title, summary: entry.summary, text: entry.body, keywords: [entry.id] + entry.guide)
  }

  /// Words as often as in a language: few of them often, most of them seldom.
  static func documents(_ count: Int, seed: UInt64) -> [SearchDocument] {
    var generator = SeededGenerator(seed: seed)
    let syllables = ["ka", "re", "lo", "mi", "sto", "ne", "pra", "du", "vi", "sha", "te", "qu", "ing", "er", "on", "ü"]
    let vocabulary = (0..<max(50, count)).map { _ in
      (0..<Int.random(in: 1...5, using: &generator)).compactMap { _ in syllables.randomElement(using: &generator) }
        .joined()
    }
    func text(_ words: Int) -> String {
      (0..<words).map { _ in
        let share = Double.random(in: 0..<1, using: &generator)
        return vocabulary[Int(share * share * share * Double(vocabulary.count))]
      }.joined(separator: " ")
    }
    return (0..<count).map { number in
      SearchDocument(
        url: "checks/entry-\(number).html", title: "\(text(3)) \(number)", kind: "check", area: "Data",
        summary: text(15), text: text(200), keywords: ["entry-\(number)"])
    }
  }
}

/// An index as site/search-engine.js reads it.
struct ReadIndex {
  var files: [String: JSON] = [:]

  init(_ written: [(path: String, text: String)]) throws {
    for (path, text) in written {
      let call = try #require(text.wholeMatch(of: /plumblineSearch\("([a-z0-9-]+)",(.*)\);\n/), "\(path)")
      #expect(path == "assets/search/\(call.1).js")
      files[String(call.1)] = try JSON.parse(call.2.utf8)
    }
  }

  private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")

  static func words(_ text: String) -> [String] {
    var word: [UInt16] = []
    return text.split(separator: " ").compactMap { item in
      guard let shared = item.first.flatMap(digits.firstIndex(of:)) else { return nil }
      word = Array(word.prefix(shared)) + Array(item.dropFirst().utf16)
      return String(decoding: word, as: UTF16.self)
    }
  }

  /// The documents of a word's postings.
  static func documents(_ text: some StringProtocol) -> [Int] {
    var found: [Int] = []
    var number = 0
    var next = 0
    for sign in text {
      guard let digit = digits.firstIndex(of: sign) else {
        next = 0
        continue
      }
      number = number * 32 + digit % 32
      if digit < 32 {
        found.append(next + number)
        next += number + 1
        number = 0
      }
    }
    return found
  }

  /// Every word with its documents, in the order of the files.
  var postings: [(word: String, documents: [Int])] {
    (0..<(files["index"]?["words"]?.count ?? 0)).flatMap { number -> [(word: String, documents: [Int])] in
      let piece = files["words-\(number)"]?.texts ?? []
      let lists = piece[1].split(separator: " ")
      return zip(Self.words(piece[0]), lists).map { ($0, Self.documents($1)) }
    }
  }
}

@Suite struct SearchIndexTests {
  @Test func nothingIsAnIndexToo() throws {
    let index = try ReadIndex(SearchIndex.files([]))
    #expect(index.postings.isEmpty)
    #expect(Array(index.files.keys) == ["index"])
  }

  @Test func sameDocumentsSameBytes() {
    let documents = SearchSamples.documents(300, seed: 1)
    let (once, again) = (SearchIndex.files(documents), SearchIndex.files(documents))
    #expect(once.map(\.path) == again.map(\.path))
    #expect(once.map(\.text) == again.map(\.text))
  }

  /// Each word of each title leads to it, in both sizes.
  @Test(arguments: [SearchSamples.shipped, SearchSamples.documents(size(1_000, full: 10_000), seed: 2)])
  func titlesAreFound(_ documents: [SearchDocument]) throws {
    let index = try ReadIndex(SearchIndex.files(documents))
    let found = Dictionary(index.postings.map { ($0.word, Set($0.documents)) }, uniquingKeysWith: { a, _ in a })
    #expect(found.count == index.postings.count, "a word stands in two places")
    #expect(!documents.isEmpty)
    var cutter = SearchWords()
    for (number, document) in documents.enumerated() {
      cutter.forEach(in: document.title + " / " + document.keywords.joined(separator: " / ")) { word in
        for part in word.parts + (word.whole.map { [$0] } ?? []) {
          #expect(found[part]?.contains(number) == true, "\(part) of \(document.url)")
        }
      }
    }
  }

  @Test func smallKnowledgeIsInFewFiles() throws {
    let files = SearchIndex.files(SearchSamples.shipped).filter { !$0.path.contains("/texts-") }
    #expect(files.map(\.path) == ["index", "words-0", "entries-0"].map { "assets/search/\($0).js" })
    let sum = files.reduce(0) { $0 + $1.text.utf8.count }
    #expect(sum < 200_000, "\(sum) bytes")
  }

  /// The most that a first result takes: index, ten words, three files of completions, ten entries.
  @Test func largeKnowledgeIsCutSmall() throws {
    let documents = SearchSamples.documents(size(2_000, full: 10_000), seed: 3)
    let files = SearchIndex.files(documents)
    func largest(_ kind: String) -> Int {
      files.filter { $0.path.hasPrefix("assets/search/\(kind)") }.map(\.text.utf8.count).max() ?? 0
    }
    #expect(largest("index") < 80_000)
    #expect(largest("words-") < 18_000)
    #expect(largest("entries-") < 7_000)
    #expect(largest("texts-") < 18_000)
    let index = try ReadIndex(files)
    let words = index.postings.map(\.word)
    #expect(words == words.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) })
    let vocabulary = ReadIndex.words(index.files["index"]?["vocabulary"]?.text ?? "")
    #expect(vocabulary.count == index.files["index"]?["ranks"]?.text?.count)
    #expect(!vocabulary.isEmpty && Set(vocabulary).isSubset(of: words))
  }

  /// What stands in every text is no reason to find one, but its title is.
  @Test func commonWordsOfTextsAreLeftOut() throws {
    let documents = (0..<200).map { number in
      SearchDocument(
        url: "\(number)", title: number == 7 ? "Ubiquity" : "Title", kind: "", area: "", summary: "",
        text: "ubiquity \(number == 9 ? "zebra" : "")", keywords: [])
    }
    let postings = try ReadIndex(SearchIndex.files(documents)).postings
    #expect(postings.first { $0.word == "ubiquity" }?.documents == [7])
    #expect(postings.first { $0.word == "zebra" }?.documents == [9])
  }
}

@Suite struct SearchPagesTests {
  /// Every page carries the box and its style; the engine comes when somebody searches.
  @Test(arguments: [
    ("search.js", 2_500), ("search-panel.js", 5_000), ("search-engine.js", 14_000), ("search.css", 3_000),
  ])
  func weighsLittle(_ name: String, atMost most: Int) throws {
    let file = try #require(Content.files(under: "site").first { $0.path == name })
    #expect(file.text.utf8.count <= most)
  }

  @Test func formLeadsToItsPage() {
    #expect(SearchIndex.form(root: "../").contains(#"action="../search.html""#))
  }

  @Test func everythingIsListedOnce() {
    let page = SearchIndex.indexPage(SearchSamples.shipped)
    #expect(SearchIndex.letterPages(SearchSamples.shipped).isEmpty)
    for document in SearchSamples.shipped {
      #expect(page.components(separatedBy: "href=\"\(document.url)\"").count == 2, "\(document.url)")
    }
  }

  @Test func muchIsListedByLetter() {
    let documents = SearchSamples.documents(1_200, seed: 4)
    let pages = SearchIndex.letterPages(documents)
    let all = pages.map(\.body).joined()
    #expect(pages.count > 5)
    #expect(documents.allSatisfy { all.contains("href=\"../\($0.url)\"") })
    #expect(pages.allSatisfy { SearchIndex.indexPage(documents).contains("href=\"\($0.path)\"") })
    #expect(SearchIndex.indexPage(documents).utf8.count < 4_000)
  }

  @Test func lettersAreWithoutArticlesAndAccents() {
    let titles = ["The élan", "état", "A zebra", "An elk", "Another", "“Quoted”", "429 is an answer", "数据库", "zoo"]
    let page = SearchIndex.indexPage(
      titles.map {
        SearchDocument(url: "u", title: $0, kind: "<kind>", area: "", summary: "", text: "", keywords: [])
      })
    #expect(page.matches(of: /<h3 id="[a-z-]+">(.)<\/h3>/).map { String($0.1) } == ["#", "A", "E", "Q", "Z"])
    #expect(page.contains("&lt;kind&gt;"))
  }
}
