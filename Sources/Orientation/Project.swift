/// The code of a tree as tokens, and the constants in it.
final class Project {
  let tree: CodeTree
  /// By language, in the order of the paths. Tests, examples and documentation are not among them.
  private(set) var sources: [Language: [Source]] = [:]
  private(set) var byPath: [String: Source] = [:]
  /// Files of code that were too many to be read.
  private(set) var unreadCode: [String] = []
  /// Files of each language, tests and all.
  private(set) var fileCounts: [Language: Int] = [:]
  private var constants: [Language: [String: [(source: Source, value: Range<Int>)]]] = [:]
  private var modules: [Language: [String: [String]]] = [:]

  init(tree: CodeTree) {
    self.tree = tree
    var spent = 0
    for file in tree.files {
      guard let language = Language(path: file.path) else { continue }
      fileCounts[language, default: 0] += 1
      guard !PathKind.isAside(file.path), file.size <= tree.limits.fileBytes else { continue }
      guard spent + file.size <= tree.limits.codeBytes else {
        unreadCode.append(file.path)
        continue
      }
      spent += file.size
      guard let bytes = tree.bytes(file), !CodeTree.isBinary(bytes), Hints.mayMatter(bytes, in: language) else {
        continue
      }
      let source = Source(path: file.path, language: language, bytes: bytes)
      sources[language, default: []].append(source)
      byPath[file.path] = source
    }
  }

  func sources(_ languages: Language...) -> [Source] { languages.flatMap { sources[$0] ?? [] } }

  // MARK: Values

  /// What an expression is as text, as far as it can be read: names of constants are looked up, everything else
  /// becomes a hole, `{name}`.
  /// - Returns: nil where nothing of it is known.
  func value(_ range: Range<Int>, in source: Source, depth: Int = 0) -> Reading? {
    guard !range.isEmpty, depth < 6 else { return nil }
    var text = ""
    var isWhole = true
    var hasKnown = false
    var index = range.lowerBound
    let tokens = source.tokens
    func add(_ reading: Reading?, _ name: String) {
      if let reading {
        text += reading.text
        isWhole = isWhole && reading.isWhole
        hasKnown = true
      } else {
        text += "{\(name)}"
        isWhole = false
      }
    }
    while index < range.upperBound {
      let token = tokens[index]
      switch token.kind {
      case .string:
        let reading = filled(token, in: source, at: index, depth: depth)
        add(reading, "")
        index += 1
      case .regex:
        text += token.text
        hasKnown = true
        index += 1
      case .word:
        let (words, end) = source.chain(from: index)
        let name = words.last ?? ""
        if end < range.upperBound, source.isMark(end, "("), let close = source.close(end) {
          add(call(words, open: end, in: source, depth: depth), name)
          index = close + 1
          // A method called on it: .strip(), .toString()
          while source.isMark(index, "."), index + 2 < range.upperBound, source.isMark(index + 2, "("),
            let next = source.close(index + 2)
          {
            index = next + 1
          }
        } else {
          add(constant(words, in: source, before: index, depth: depth), name)
          index = end
        }
      case .mark:
        switch token.text {
        case "+", "++", "<>", "&", "*": index += 1
        case "." where source.language == .php: index += 1
        case "(":
          if let close = source.close(index), close < range.upperBound {
            add(value(index + 1..<close, in: source, depth: depth + 1), "")
            index = close + 1
          } else {
            return hasKnown ? Reading(text: text, isWhole: false) : nil
          }
        case "[" where index == range.lowerBound:
          // A list of one is as good as the one.
          let items = source.arguments(index)
          guard items.count == 1 else { return nil }
          return value(items[0], in: source, depth: depth + 1)
        case ".", "?":
          // A method of a literal: "x".freeze
          let isFilledIn = source.isWord(index + 1, "format") || source.isWord(index + 1, "replace")
          return hasKnown ? Reading(text: text, isWhole: isWhole && !isFilledIn) : nil
        case "@" where source.language == .elixir: index += 1
        default:
          return hasKnown ? Reading(text: text, isWhole: false) : nil
        }
      case .number:
        text += token.text
        index += 1
      }
    }
    return hasKnown ? Reading(text: text, isWhole: isWhole) : nil
  }

  /// A text as far as it could be read from the code.
  struct Reading {
    var text: String
    /// False where a part of it is computed.
    var isWhole: Bool
  }

  /// A string literal with its interpolations looked up.
  private func filled(_ token: Token, in source: Source, at index: Int, depth: Int) -> Reading {
    guard token.hasHoles else { return Reading(text: token.text, isWhole: true) }
    var text = ""
    var hole = ""
    var inHole = false
    var isWhole = true
    for scalar in token.text.unicodeScalars {
      if scalar.value == 1 {
        inHole = true
        hole = ""
      } else if scalar.value == 2 {
        inHole = false
        let words = hole.split(whereSeparator: { ".:>-".contains($0) }).map(String.init)
        let isName =
          !words.isEmpty
          && hole.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "._$:->0123456789".unicodeScalars.contains($0)
          }
        if isName, let known = constant(words, in: source, before: index, depth: depth) {
          text += known.text
          isWhole = isWhole && known.isWhole
        } else {
          let name = words.last.map { String($0.prefix(40)) } ?? ""
          text += "{\(isName ? name : "…")}"
          isWhole = false
        }
      } else if inHole {
        hole.unicodeScalars.append(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return Reading(text: text, isWhole: isWhole)
  }

  /// Calls that only put texts together.
  private func call(_ words: [String], open: Int, in source: Source, depth: Int) -> Reading? {
    let arguments = source.arguments(open)
    switch words.last {
    case "Sprintf", "sprintf", "format":
      guard let format = arguments.first, let first = source.token(format.lowerBound), first.kind == .string else {
        return nil
      }
      var text = ""
      var isWhole = true
      var next = 1
      var rest = Substring(first.text)
      while let percent = rest.firstIndex(of: "%") {
        text += rest[..<percent]
        rest = rest[percent...].dropFirst()
        guard let verb = rest.first else { break }
        rest = rest.dropFirst()
        if verb == "%" {
          text += "%"
          continue
        }
        let reading = next < arguments.count ? value(arguments[next], in: source, depth: depth + 1) : nil
        text += reading?.text ?? "{…}"
        isWhole = isWhole && reading?.isWhole ?? false
        next += 1
      }
      return Reading(text: text + rest, isWhole: isWhole)
    case "Join", "join", "String", "str", "compile", "_", "gettext_lazy", "PathString", "from", "to_string", "into",
      "freeze":
      guard let first = arguments.first else { return nil }
      return value(
        words.last == "join" || words.last == "Join" ? arguments[arguments.count - 1] : first, in: source,
        depth: depth + 1)
    default: return nil
    }
  }

  /// A constant by its name: of the same file, else the only one of that name in the language.
  private func constant(_ words: [String], in source: Source, before index: Int, depth: Int) -> Reading? {
    guard let name = words.last, depth < 5 else { return nil }
    if words.count == 1 || ["self", "this", "Self", "static", "cls"].contains(words[0]),
      let here = source.definitions[name]
    {
      let value = here.last(where: { $0.upperBound <= index }) ?? here[0]
      return literal(value, in: source, depth: depth + 1)
    }
    let isConstantLike = words.count > 1 || name.first?.isUppercase ?? false || name.hasPrefix("k")
    guard isConstantLike else { return nil }
    let all = table(source.language)[name] ?? []
    guard let first = all.first else { return nil }
    let reading = literal(first.value, in: first.source, depth: depth + 1)
    for other in all.dropFirst().prefix(8) {
      guard let again = literal(other.value, in: other.source, depth: depth + 1), again.text == reading?.text else {
        return nil
      }
    }
    return all.count > 9 ? nil : reading
  }

  private func literal(_ range: Range<Int>, in source: Source, depth: Int) -> Reading? {
    guard let first = source.token(range.lowerBound), first.kind != .mark else { return nil }
    return value(range, in: source, depth: depth)
  }

  private func table(_ language: Language) -> [String: [(source: Source, value: Range<Int>)]] {
    if let known = constants[language] { return known }
    var table: [String: [(source: Source, value: Range<Int>)]] = [:]
    for source in sources[language] ?? [] {
      for (name, values) in source.definitions {
        for value in values where value.count > 0 && (source.tokens[value.lowerBound].kind == .string) {
          table[name, default: []].append((source, value))
        }
      }
    }
    for name in table.keys {
      table[name]?.sort { ($0.source.path, $0.value.lowerBound) < ($1.source.path, $1.value.lowerBound) }
    }
    constants[language] = table
    return table
  }

  // MARK: Modules

  /// The file that an import names by the end of its path, if it is the only one.
  func file(endingIn suffix: String, language: Language) -> Source? {
    if let exact = byPath[suffix] { return exact }
    let name = String(suffix[(suffix.lastIndex(of: "/").map(suffix.index(after:)) ?? suffix.startIndex)...])
    if modules[language] == nil {
      var names: [String: [String]] = [:]
      for source in sources[language] ?? [] {
        let last = source.path[
          (source.path.lastIndex(of: "/").map(source.path.index(after:)) ?? source.path.startIndex)...]
        names[String(last), default: []].append(source.path)
      }
      modules[language] = names
    }
    let found = (modules[language]?[name] ?? []).filter { $0.hasSuffix("/" + suffix) }
    return found.count == 1 ? byPath[found[0]] : nil
  }
}

/// A place in a file.
public struct Place: Sendable, Hashable, Comparable {
  public var file: String
  /// From 1.
  public var line: Int

  public static func < (a: Place, b: Place) -> Bool { (a.file, a.line) < (b.file, b.line) }

  public var text: String { "\(file):\(line)" }
}

/// What a path says about a file.
enum PathKind {
  private static let testFolders: Set<Substring> = [
    "test", "tests", "__tests__", "spec", "specs", "testing", "e2e", "cypress", "testdata", "test-utils", "testutil",
    "testsuite", "integration-tests", "integration_tests", "unittests", "mocks", "__mocks__", "fixtures",
    "__fixtures__",
  ]
  private static let asideFolders: Set<Substring> = [
    "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "benchmark",
    "benchmarks", "bench", "debian", "templates", "playground", "tutorial", "tutorials", "snippets", "docs_src",
    "scaffold", "scaffolds", "generators", "extra",
  ]

  /// Whether a file is a test or belongs to the tests.
  static func isTest(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return false }
    if folders(path).contains(where: {
      testFolders.contains($0) || $0.hasSuffix(".Tests") || $0.hasSuffix(".Test") || $0.hasSuffix("Tests")
    }) {
      return true
    }
    let stem = name.prefix { $0 != "." }
    if stem.hasPrefix("test_") || stem.hasSuffix("_test") || stem.hasSuffix("_spec") || stem == "conftest"
      || stem == "tests"
    {
      return true
    }
    if name.contains(".test.") || name.contains(".spec.") || name.contains(".e2e-spec.") || name.contains(".cy.") {
      return true
    }
    let isTyped =
      name.hasSuffix(".java") || name.hasSuffix(".kt") || name.hasSuffix(".cs") || name.hasSuffix(".php")
      || name.hasSuffix(".swift")
    return isTyped && (stem.hasSuffix("Test") || stem.hasSuffix("Tests") || stem.hasSuffix("IT"))
  }

  /// Tests, examples, documentation: not the code that runs.
  static func isAside(_ path: String) -> Bool {
    isTest(path) || folders(path).contains { asideFolders.contains($0) }
  }

  /// The folders that say what a file is for. Below src/main they are packages, com.example among them.
  private static func folders(_ path: String) -> ArraySlice<Substring> {
    let parts = path.split(separator: "/").dropLast()
    for index in parts.indices.dropLast() where parts[index] == "src" && parts[index + 1] == "main" {
      return parts[..<index]
    }
    return parts
  }
}

/// Words without which a file has neither routes nor anything that routes need.
enum Hints {
  /// A file of code that is larger is read only if one of these stands in it.
  static func mayMatter(_ bytes: [UInt8], in language: Language) -> Bool {
    guard bytes.count > 262_144 else { return true }
    return words(language).contains { contains(bytes, $0) }
  }

  private static func words(_ language: Language) -> [String] {
    switch language {
    case .javascript, .typescript:
      ["express", "fastify", "koa", "nestjs", "hono", "outer(", "outer.", "app.", "@Controller"]
    case .python:
      [
        "route", "urlpatterns", "path(", "url(", "url_for", "Blueprint", "APIRouter", "add_get", "add_post", "Handler",
        "FastAPI", "Flask",
      ]
    case .ruby: ["routes", "Sinatra", "get ", "post ", "resources", "namespace", "class "]
    case .java, .kotlin: ["Mapping", "@Path", "@Get", "@Post", "Controller", "routing", "class ", "interface "]
    case .go: ["Handle", "GET", "Get(", "POST", "Route", "Group", "Mux", "Router", "const"]
    case .rust: ["route", "scope", "#[get", "#[post", "Router", "resource", "const"]
    case .csharp: ["Route", "Http", "Map"]
    case .php: ["Route", "route", "->get", "->post", "->map", "->group", "Group"]
    case .swift: ["routes", "outer", "app.", "group", "boot("]
    case .elixir: ["scope", "Router", "router", "pipe_through"]
    }
  }

  static func contains(_ bytes: [UInt8], _ word: String) -> Bool {
    let wanted = Array(word.utf8)
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    return bytes.withUnsafeBufferPointer { buffer in
      var at = 0
      let last = buffer.count - wanted.count
      while at <= last {
        if buffer[at] == first {
          var offset = 1
          while offset < wanted.count, buffer[at + offset] == wanted[offset] { offset += 1 }
          if offset == wanted.count { return true }
        }
        at += 1
      }
      return false
    }
  }
}
