/// The files in which a project names what it depends on, line by line.
struct Manifests {
  struct Line {
    var place: Place
    /// The names in it, in lower case.
    var words: [Substring]
  }

  private(set) var lines: [Line] = []
  private(set) var paths: [String] = []

  private static let names: Set<Substring> = [
    "package.json", "pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "go.mod", "Gemfile", "Cargo.toml", "pom.xml",
    "build.gradle", "build.gradle.kts", "libs.versions.toml", "composer.json", "mix.exs", "Package.swift", "build.sbt",
    "environment.yml", "Directory.Packages.props", "deno.json",
  ]
  private static let most = 400

  init(_ tree: CodeTree) {
    for file in tree.files {
      let name = file.name
      let isRequirements =
        name.hasSuffix(".txt") && (name.hasPrefix("requirements") || file.folder.hasSuffix("requirements"))
      guard
        Manifests.names.contains(name) || isRequirements || name.hasSuffix(".csproj") || name.hasSuffix(".gemspec")
          || name.hasSuffix(".fsproj"),
        !PathKind.isAside(file.path), paths.count < Manifests.most, let text = tree.text(file)
      else { continue }
      paths.append(file.path)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let body = line.drop { $0 == " " || $0 == "\t" }
        if body.isEmpty || body.hasPrefix("#") || body.hasPrefix("//") || line.utf8.count > 2000 { continue }
        // A package's own name is no dependency.
        if body.hasPrefix("\"name\"") || body.hasPrefix("name ") || body.hasPrefix("name=") || body.hasPrefix("module ")
          || body.hasPrefix("\"description\"") || body.hasPrefix("description")
        {
          continue
        }
        let words = line.lowercased().split { !($0.isLetter || $0.isNumber || "_.@/-".contains($0)) }
        lines.append(Line(place: Place(file: file.path, line: number + 1), words: words.filter { $0.count > 1 }))
      }
    }
  }

  /// The first line that names one of some packages; a name ending in `*` stands for all that begin so.
  func first(_ names: [String]) -> (place: Place, name: String)? {
    for line in lines {
      for word in line.words {
        for name in names {
          let bare = word.hasPrefix("./") ? "" : word
          if name.hasSuffix("*") ? bare.hasPrefix(name.dropLast()) : bare == name || bare.hasPrefix(name + "/v") {
            return (line.place, String(word))
          }
        }
      }
    }
    return nil
  }
}
