public import KnowledgeModel

/// Where pages lie in the site. Links between them are relative, so that the site works from a folder and under any base
/// path.
public enum SitePath {
  /// The page of an entry: `decisions/read-scaling.html`.
  public static func entry(_ kind: EntryKind, _ id: String) -> String { "\(kind.rawValue)/\(id).html" }

  /// From one page of the site to another, both from its root.
  public static func relative(from page: String, to target: String) -> String {
    let here = page.split(separator: "/").dropLast()
    let parts = target.split(separator: "/")
    let common = zip(here, parts.dropLast()).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: here.count - common)
    return (up + parts.dropFirst(common).map(String.init)).joined(separator: "/")
  }
}
