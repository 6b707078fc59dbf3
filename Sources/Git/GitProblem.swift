/// Why a repository cannot be read.
public enum GitProblem: Error, Sendable, Hashable {
  /// There is no git command.
  case noGit
  case noRepository(folder: String)
  /// Git refuses to read it because it belongs to somebody else.
  case foreignOwner(folder: String)
  /// There is no working tree to compare with.
  case noWorkingTree(folder: String)
  /// Neither a commit nor a name of one; `names` are the branches and tags that there are.
  case noSuchRevision(String, names: [String], isShallow: Bool)
  /// Anything else, in git's own words.
  case failed(String)
}
