/// The files that the binary carries: the knowledge base and the templates.
/// `files` and `fingerprints` are written by the EmbedContent plugin.
public enum Content {
  /// An embedded file; nil where there is none.
  public static func file(_ path: String) -> String? { files.first { $0.path == path }?.text }

  /// The embedded files below a folder, with paths relative to it.
  public static func files(under folder: String) -> [(path: String, text: String)] {
    files.filter { $0.path.hasPrefix(folder + "/") }
      .map { (path: String($0.path.dropFirst(folder.count + 1)), text: $0.text) }
  }
}
