/// A file that differs between two states of a repository.
public struct ChangedFile: Sendable, Hashable {
  public enum Status: Sendable, Hashable {
    case added, modified, deleted, renamed, typeChanged
    /// The commit that a submodule stands at; its files are not in this repository.
    case submodule
  }

  public var status: Status
  /// Bytes from the repository's root, as Git knows them; the new path of a renamed file.
  public var path: [UInt8]
  /// The former path of a renamed file.
  public var oldPath: [UInt8]?
  /// The id of the former contents; nil where there was no file.
  public var oldBlob: String?
  /// The id of the new contents; nil where there is no file, or where only the working tree has them.
  public var newBlob: String?
  /// Whether the new version is a symbolic link; what it leads to is another matter.
  public var isLink: Bool
  /// Whether it may differ in its mode alone.
  public var isModeChanged: Bool

  public init(
    status: Status, path: [UInt8], oldPath: [UInt8]? = nil, oldBlob: String? = nil, newBlob: String? = nil,
    isLink: Bool = false, isModeChanged: Bool = false
  ) {
    self.status = status
    self.path = path
    self.oldPath = oldPath
    self.oldBlob = oldBlob
    self.newBlob = newBlob
    self.isLink = isLink
    self.isModeChanged = isModeChanged
  }
}

/// What a file holds.
public enum FileContents: Sendable, Hashable {
  case text([UInt8])
  case binary
  /// Larger than was asked for.
  case tooLarge
  /// Neither the working tree nor this clone has it.
  case missing

  /// - Parameter bytes: all of the file.
  init(_ bytes: [UInt8]) {
    // Git's own rule: text has no NUL near its beginning.
    self = bytes.prefix(8000).contains(0) ? .binary : .text(bytes)
  }
}
