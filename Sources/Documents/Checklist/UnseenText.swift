internal import Foundation
internal import Markdown
public import Review
public import TextFormats

extension Unseen {
  /// Its sentence with the names as code.
  public var markdown: String {
    var marked = self
    marked.reason = MarkdownText.escape(reason)
    marked.files = files.map { MarkdownText.code($0) }
    return marked.text
  }

  /// `{"reason", "files", "count"}`.
  public var json: JSON {
    .object(["reason": .string(reason), "files": .strings(files), "count": .number(Decimal(count))])
  }
}
