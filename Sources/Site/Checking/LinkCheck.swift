internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Dead links, dead anchors, pages that no link reaches and pictures without an alternative.
struct LinkCheck {
  /// By path of page.
  let pages: [String: HTMLScan]
  /// Every file of the site.
  let files: Set<String>
  let basePath: String

  struct Flaw: Hashable {
    var page: String
    /// The link as it stands on the page; nil where the flaw is no link's.
    var link: String?
    var message: String
  }

  /// - Parameter entrances: pages that need no link to them.
  func flaws(entrances: Set<String>) -> [Flaw] {
    var flaws: [Flaw] = []
    var reaches: [String: [String]] = [:]
    for (page, scan) in pages {
      flaws += scan.problems.map { Flaw(page: page, link: nil, message: $0) }
      for link in scan.links {
        guard let (target, anchor) = resolve(link, on: page) else { continue }
        guard files.contains(target) else {
          flaws.append(Flaw(page: page, link: link, message: "the link \(link) leads nowhere: there is no \(target)"))
          continue
        }
        if target != page { reaches[page, default: []].append(target) }
        if let anchor, !anchor.isEmpty, let ids = pages[target]?.ids, !ids.contains(anchor) {
          let hint = nearest(anchor, among: Array(ids)).map { "; did you mean #\($0)?" } ?? ""
          flaws.append(
            Flaw(
              page: page, link: link,
              message: "the link \(link) leads nowhere: \(target) has no anchor “\(anchor)”\(hint)")
          )
        }
      }
    }
    var reached = entrances
    var pending = Array(entrances)
    while let page = pending.popLast() {
      for target in reaches[page] ?? [] where reached.insert(target).inserted { pending.append(target) }
    }
    for page in pages.keys where !reached.contains(page) {
      flaws.append(Flaw(page: page, link: nil, message: "no link leads to this page"))
    }
    return flaws
  }

  /// The file and the anchor that a link of this site means; nil for links that lead out of it.
  func resolve(_ link: String, on page: String) -> (file: String, anchor: String?)? {
    if HTMLText.hasScheme(link) || link.hasPrefix("//") { return nil }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let anchor = parts.count > 1 ? parts[1].removingPercentEncoding ?? parts[1] : nil
    let written =
      parts[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
    let path = written.removingPercentEncoding ?? written
    if path.isEmpty { return (page, anchor) }
    var folders: [Substring]
    var rest = path[...]
    if path.hasPrefix("/") {
      guard path.hasPrefix(basePath) else { return (path, anchor) }
      folders = []
      rest = path.dropFirst(basePath.count)
    } else {
      folders = Array(page.split(separator: "/").dropLast())
    }
    for part in rest.split(separator: "/") {
      switch part {
      case ".": break
      case "..":
        guard folders.popLast() != nil else { return (path, anchor) }
      default: folders.append(part)
      }
    }
    let target = folders.joined(separator: "/")
    let isFolder = rest.isEmpty || rest.hasSuffix("/") || rest.hasSuffix("..")
    return (isFolder ? (target.isEmpty ? "" : target + "/") + "index.html" : target, anchor)
  }
}
