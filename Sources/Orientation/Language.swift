/// The languages whose routes are read.
enum Language: String, Sendable, CaseIterable {
  case javascript = "JavaScript"
  case typescript = "TypeScript"
  case python = "Python"
  case ruby = "Ruby"
  case java = "Java"
  case kotlin = "Kotlin"
  case go = "Go"
  case rust = "Rust"
  case csharp = "C#"
  case php = "PHP"
  case swift = "Swift"
  case elixir = "Elixir"

  private static let byExtension: [Substring: Language] = [
    "js": .javascript, "mjs": .javascript, "cjs": .javascript, "jsx": .javascript, "ts": .typescript,
    "mts": .typescript, "cts": .typescript, "tsx": .typescript, "py": .python, "rb": .ruby, "ru": .ruby,
    "rake": .ruby, "java": .java, "kt": .kotlin, "kts": .kotlin, "go": .go, "rs": .rust, "cs": .csharp,
    "php": .php, "swift": .swift, "ex": .elixir, "exs": .elixir,
  ]

  /// By the extension; nil for what is not code in one of these languages.
  init?(path: String) {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let end = path[path.utf8.index(after: dot)...]
    guard end.utf8.count <= 5, let language = Language.byExtension[end],
      !path.hasSuffix(".min.js"), !path.hasSuffix(".d.ts"), !path.hasSuffix(".bundle.js")
    else { return nil }
    self = language
  }

  var isScript: Bool { self == .javascript || self == .typescript }
}
