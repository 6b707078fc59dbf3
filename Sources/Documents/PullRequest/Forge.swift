internal import KnowledgeModel

/// Where a forge looks for the templates of pull requests, and what it takes.
public struct Forge: Sendable, Hashable {
  /// As it is typed.
  public var id: String
  public var title: String
  /// The folder and names of default templates, the one that is read first leading.
  var places: [Place]
  /// Whether the letters of folders' names count as the same in either case.
  public var foldersIgnoreCase = false
  /// A new default template; nil where the forge reads no file.
  var new: String?
  var others: Others?
  /// Characters that the body of a pull request may have, in UTF-16 units; nil where no limit is documented.
  var bodyLimit: Int?
  /// What its users have to know, said with each run.
  var remark: String?

  /// Where a default template is read from.
  struct Place: Sendable, Hashable {
    /// From the root, without a closing slash; empty for the root.
    var folder: String
    /// In the order in which they are read; in lower case where that does not matter.
    var names: [String]
    var ignoresCase = true
  }

  /// Templates for one kind of change, beside the default.
  struct Others: Sendable, Hashable {
    /// Folders that they are read from; the first is for new ones.
    var folders: [String]
    var reached: Way
    /// A folder in each of those whose templates take the default's place for one branch.
    var branches: String?

    enum Way: Sendable, Hashable {
      /// By a query in the address.
      case query
      /// By choosing in the page, with what is to be chosen there.
      case choice(String)
    }
  }

  public static let all = [github, gitlab, azure, gitea, forgejo, bitbucket]

  /// docs.github.com: Creating a pull request template; Using query parameters to create a pull request. The order of
  /// the folders is that of community health files.
  static let github = Forge(
    id: "github", title: "GitHub",
    places: [".github", "", "docs"].map {
      Place(
        folder: $0, names: ["pull_request_template.md", "pull_request_template.txt", "pull_request_template"])
    }, foldersIgnoreCase: true,
    new: ".github/pull_request_template.md",
    others: Others(
      folders: [".github/PULL_REQUEST_TEMPLATE", "PULL_REQUEST_TEMPLATE", "docs/PULL_REQUEST_TEMPLATE"],
      reached: .query),
    bodyLimit: 65_536)

  /// docs.gitlab.com: Description templates; Issuable-like models, for the limit of 1 MiB.
  static let gitlab = Forge(
    id: "gitlab", title: "GitLab",
    places: [Place(folder: ".gitlab/merge_request_templates", names: ["default.md"])],
    new: ".gitlab/merge_request_templates/Default.md",
    others: Others(
      folders: [".gitlab/merge_request_templates"], reached: .choice("under “Choose a template”")),
    bodyLimit: 1_048_576,
    remark: "a default template in the project's settings is preferred to Default.md")

  /// learn.microsoft.com: Improve pull request descriptions using templates. Longer descriptions are refused by the
  /// service: “must not be longer than 4000 characters”.
  static let azure = Forge(
    id: "azure", title: "Azure DevOps",
    places: [".azuredevops", ".vsts", "docs", ""].map {
      Place(folder: $0, names: ["pull_request_template.md", "pull_request_template.txt"])
    }, foldersIgnoreCase: true,
    new: ".azuredevops/pull_request_template.md",
    others: Others(
      folders: [
        ".azuredevops/pull_request_template", ".vsts/pull_request_template", "docs/pull_request_template",
        "pull_request_template",
      ], reached: .choice("under “Add a template”"), branches: "branches"),
    bodyLimit: 4_000)

  /// docs.gitea.com: Issue and Pull Request Templates; these names and no others.
  static let gitea = Forge(
    id: "gitea", title: "Gitea",
    places: ["", ".gitea", ".github"].map { Place(folder: $0, names: goNames, ignoresCase: false) },
    new: ".gitea/pull_request_template.md")

  /// forgejo.org/docs: Issue and Pull Request Templates.
  static let forgejo = Forge(
    id: "forgejo", title: "Forgejo",
    places: [".forgejo", ".gitea", ".github", "docs"].map {
      Place(folder: $0, names: goNames, ignoresCase: false)
    },
    new: ".forgejo/pull_request_template.md")

  /// Bitbucket Cloud has a default description in the repository's settings, and reads no file.
  static let bitbucket = Forge(id: "bitbucket", title: "Bitbucket", places: [], bodyLimit: 32_768)

  private static let goNames = ["PULL_REQUEST_TEMPLATE", "pull_request_template"].flatMap { name in
    ["md", "yaml", "yml"].map { "\(name).\($0)" }
  }
}

extension Forge {
  public var readsFiles: Bool { new != nil }

  /// The folders that matter, from the root; each is to be listed by itself.
  public var folders: [String] {
    var all = places.map(\.folder)
    for folder in others?.folders ?? [] {
      all.append(folder)
      if let branches = others?.branches { all.append("\(folder)/\(branches)") }
    }
    return all.uniqued()
  }

  /// Whether a file of this name in this folder is of any concern.
  public func concerns(_ name: String, in folder: String) -> Bool {
    places.contains { $0.folder == folder && $0.rank(of: name) != nil } || isOther(name, in: folder)
      || isForBranch(name, in: folder)
  }

  /// Whether it is a template beside the default.
  func isOther(_ name: String, in folder: String) -> Bool {
    guard let others, others.folders.contains(folder) else { return false }
    return hasMarkdownName(name) && !places.contains { $0.folder == folder && $0.rank(of: name) != nil }
  }

  func isForBranch(_ name: String, in folder: String) -> Bool {
    guard let others, let branches = others.branches else { return false }
    return others.folders.contains { "\($0)/\(branches)" == folder } && hasMarkdownName(name)
  }

  private func hasMarkdownName(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".md") || name.hasSuffix(".txt")
  }
}

extension Forge.Place {
  /// How early a file of this name is read, from 0; nil where it is not.
  func rank(of name: String) -> Int? {
    names.firstIndex(of: ignoresCase ? name.lowercased() : name)
  }
}
