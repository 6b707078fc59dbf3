import Foundation
import Site
import Testing

@Suite struct SiteFolderTests {
  private let parent: String

  init() throws {
    parent = FileManager.default.temporaryDirectory.appendingPathComponent("site-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
  }

  private var out: String { parent + "/out" }

  private func site(_ files: [String: String]) -> [SiteFile] {
    let manifest =
      #"{"format":1,"look":"","reads":[],"pages":{},"files":["#
      + (files.keys.sorted() + [SiteManifest.path]).map { "\"\($0)\"" }.joined(separator: ",") + "]}"
    return files.map { SiteFile(path: $0.key, text: $0.value) } + [SiteFile(path: SiteManifest.path, text: manifest)]
  }

  private func text(_ name: String) -> String? { try? String(contentsOfFile: "\(out)/\(name)", encoding: .utf8) }

  private func write(_ text: String, to name: String) throws {
    let path = "\(out)/\(name)"
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Nothing lies beside the folder afterwards.
  private func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: parent).filter { $0 != "out" }
  }

  @Test func replacesWhatIsItsOwnAndKeepsWhatIsNot() throws {
    try SiteFolder(out).replace(with: site(["index.html": "1", "old/gone.html": "1", "both/a.html": "1"]))
    try write("mine", to: "CNAME")
    try write("mine", to: "both/mine.txt")
    try write("mine", to: "deep/er/mine.txt")
    try FileManager.default.createDirectory(atPath: "\(out)/empty", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(out)/link", withDestinationPath: "nowhere")
    try SiteFolder(out).replace(with: site(["index.html": "2", "new/page.html": "2"]))
    #expect(text("index.html") == "2")
    #expect(text("new/page.html") == "2")
    #expect(text("old/gone.html") == nil)
    #expect(text("CNAME") == "mine")
    #expect(text("both/mine.txt") == "mine")
    #expect(text("deep/er/mine.txt") == "mine")
    #expect(FileManager.default.fileExists(atPath: "\(out)/empty"))
    #expect(!FileManager.default.fileExists(atPath: "\(out)/old"))
    #expect(!FileManager.default.fileExists(atPath: "\(out)/both/a.html"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(out)/link") == "nowhere")
    #expect(try leftovers() == [])
  }

  @Test func aForeignFileInTheWayStopsIt() throws {
    try write("mine", to: "index.html")
    #expect(throws: SiteFolder.Problem.self) { try SiteFolder(out).replace(with: site(["index.html": "1"])) }
    #expect(text("index.html") == "mine")
    #expect(try leftovers() == [])
  }

  @Test func aFailureLeavesTheFolderAsItWas() throws {
    try SiteFolder(out).replace(with: site(["index.html": "1"]))
    // A page cannot lie below a file.
    #expect(throws: SiteFolder.Problem.self) {
      try SiteFolder(out).replace(with: site(["index.html": "2", "index.html/below.html": "2"]))
    }
    #expect(text("index.html") == "1")
    #expect(try leftovers() == [])
  }

  @Test func aFileInItsPlaceIsNamed() throws {
    try Data().write(to: URL(fileURLWithPath: out))
    #expect(throws: SiteFolder.Problem.self) { try SiteFolder(out) }
    #expect(throws: SiteFolder.Problem.self) { try SiteFolder("") }
  }

  @Test func aLinkToAFolderStaysALink() throws {
    let real = parent + "/real"
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: out, withDestinationPath: "real")
    try SiteFolder(out).replace(with: site(["index.html": "1"]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: out) == "real")
    #expect(try String(contentsOfFile: "\(real)/index.html", encoding: .utf8) == "1")
    #expect(try leftovers() == ["real"])
  }

  @Test func anUnchangedFileIsTheSameFile() throws {
    func number(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: "\(out)/\(name)")[.systemFileNumber] as? Int
    }
    try SiteFolder(out).replace(with: site(["index.html": "1", "a.html": "1"]))
    let before = (try number("index.html"), try number("a.html"))
    try SiteFolder(out).replace(with: site(["index.html": "1", "a.html": "2"]))
    #expect(try number("index.html") == before.0)
    #expect(try number("a.html") != before.1)
  }
}
