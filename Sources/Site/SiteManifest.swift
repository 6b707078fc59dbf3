internal import Foundation
internal import TextFormats

/// What a site was made of, kept in its folder: by it the next build knows what it need not render again, and which
/// files of the folder are the site's.
public struct SiteManifest: Sendable, Hashable {
  /// In the site's folder.
  public static let path = ".plumbline-site.json"

  /// The program, the theme and the settings.
  var look: String
  /// What the pages read, and its fingerprint then.
  var keys: [String: String]
  var pages: [String: Page]
  /// All files of the site, this one included.
  public var files: [String]

  struct Page: Sendable, Hashable {
    var reads: [String]
    /// The fingerprint of its text.
    var content: String
  }

  var json: JSON {
    let names = keys.keys.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    func number(_ value: Int) -> JSON { .number(.init(value)) }
    return .object([
      "format": number(1), "look": .string(look),
      "reads": .array(names.map { .array([.string($0), .string(keys[$0] ?? "")]) }),
      "pages": .object(
        pages.sorted { $0.key < $1.key }.map { path, page in
          JSON.Member(
            path,
            .object([
              "content": .string(page.content),
              "reads": .array(page.reads.compactMap { numbers[$0] }.sorted().map(number)),
            ]))
        }),
      "files": .strings(files.sorted()),
    ])
  }

  /// Nil where the text is no manifest of this format; the files that it lists are then not known to be ours.
  public init?(_ text: String) {
    guard let json = try? JSON.parse(Array(text.utf8)), json["format"] == .number(1),
      case .string(let look)? = json["look"], case .array(let reads)? = json["reads"],
      case .object(let pages)? = json["pages"], case .array(let files)? = json["files"]
    else { return nil }
    var names: [String] = []
    keys = [:]
    for read in reads {
      guard case .array(let pair) = read, pair.count == 2, case .string(let name) = pair[0],
        case .string(let fingerprint) = pair[1]
      else { return nil }
      names.append(name)
      keys[name] = fingerprint
    }
    self.look = look
    self.pages = [:]
    for page in pages {
      guard case .string(let content)? = page.value["content"], case .array(let numbers)? = page.value["reads"] else {
        return nil
      }
      let reads = numbers.compactMap { number -> String? in
        guard case .number(let value) = number, let index = Int(value.description), names.indices.contains(index) else {
          return nil
        }
        return names[index]
      }
      guard reads.count == numbers.count else { return nil }
      self.pages[page.key] = Page(reads: reads, content: content)
    }
    self.files = files.compactMap { if case .string(let path) = $0 { path } else { nil } }
  }

  init(look: String, keys: [String: String], pages: [String: Page], files: [String]) {
    self.look = look
    self.keys = keys
    self.pages = pages
    self.files = files
  }
}
