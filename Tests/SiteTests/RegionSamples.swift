import Content
import Foundation
import KnowledgeBase
import KnowledgeModel

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The shipped knowledge, as pictures and tables are drawn from it.
enum RegionSamples {
  static let shipped =
    KnowledgeCompiler.compile([
      KnowledgeSource(
        name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
    ]).knowledge

  static func decision(_ id: String) throws -> Decision {
    guard let decision = shipped.decision(id) else { throw Missing(id: id) }
    return decision
  }

  struct Missing: Error { var id: String }
}

/// Checks that markup is well-formed, and collects what is looked at.
final class MarkupReader: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  private(set) var text = ""
  private(set) var problem: String?

  /// - Parameter fragment: HTML that is XML as well.
  init(_ fragment: String) {
    super.init()
    let parser = XMLParser(data: Data("<all>\(fragment)</all>".utf8))
    parser.delegate = self
    if !parser.parse() {
      problem = parser.parserError.map { "\($0) at line \(parser.lineNumber)" } ?? "not well-formed"
    }
  }

  func attributes(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
