internal import Foundation

/// What served pages have and published ones have not: a script that waits for the next version by asking for another
/// script, since the site's policy allows scripts of its own and no other request.
enum LiveReload {
  static let folder = "/.plumbline/"
  static let scriptPath = "/.plumbline/reload.js"
  static let type = "text/javascript; charset=utf-8"

  static let script = Data(
    """
    (function () {
      var version = document.currentScript.getAttribute('data-version');
      function wait() {
        var next = document.createElement('script');
        next.src = '/.plumbline/after-' + version + '.js?' + Date.now();
        next.onload = function () { next.remove(); wait(); };
        next.onerror = function () { next.remove(); setTimeout(wait, 1000); };
        document.head.append(next);
      }
      wait();
    })();

    """.utf8)

  static func inserted(into page: Data, _ version: Int) -> Data {
    let tag = "<script src=\"\(scriptPath)\" data-version=\"\(version)\" defer></script>\n"
    guard let end = page.firstRange(of: Data("</head>".utf8)) else { return page }
    return page[..<end.lowerBound] + Data(tag.utf8) + page[end.lowerBound...]
  }

  /// The version that a page waits to be over.
  static func version(in path: String) -> Int? {
    guard let name = path.split(separator: "/").last, name.hasPrefix("after-"), name.hasSuffix(".js") else {
      return nil
    }
    return Int(name.dropFirst(6).dropLast(3))
  }
}
