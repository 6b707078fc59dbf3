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

  public init(status: Status, path: [UInt8], oldPath: [UInt8]? = nil) {
    self.status = status
    self.path = path
    self.oldPath = oldPath
  }
}
