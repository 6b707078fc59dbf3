public import KnowledgeModel

/// Everything that a site is made of.
public struct SiteInput: Sendable {
  public var knowledge: Knowledge
  /// The files of `site/` and those of `formTemplates` by name, a house's own in place of the shipped ones.
  public var theme: [String: String]
  public var settings: SiteSettings
  /// Where entries stand, by id, and their bodies, by `ID#body`: for edit links and messages.
  public var places: [String: SourcePlace]
  /// The program's own commands.
  public var commands: CommandDescription?
  public var archive: [ArchivedDesign]

  /// The files of `templates/` that make the site's checklist the same form as a design's.
  public static let formTemplates: Set = [
    "checklist.js", "checklist.md.mustache", "checklist-item.html.mustache", "checklist-tools.html.mustache",
  ]

  public init(
    knowledge: Knowledge, theme: [String: String], settings: SiteSettings = SiteSettings(),
    places: [String: SourcePlace] = [:], commands: CommandDescription? = nil, archive: [ArchivedDesign] = []
  ) {
    self.knowledge = knowledge
    self.theme = theme
    self.settings = settings
    self.places = places
    self.commands = commands
    self.archive = archive
  }
}

public struct SourcePlace: Sendable, Hashable {
  public var file: String
  /// From 1.
  public var line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

/// Where the site will stand.
public struct SiteSettings: Sendable, Hashable {
  /// Begins and ends with a slash.
  public var basePath: String
  /// Scheme and host without a slash at the end: `https://example.org`.
  public var url: String?
  /// The address at which an entry's file is edited; `{path}` stands for the file.
  public var editURL: String?

  public init(basePath: String = "/", url: String? = nil, editURL: String? = nil) {
    self.basePath = basePath
    self.url = url
    self.editURL = editURL
  }

  /// The address of a page, as absolute as is known.
  func address(_ path: String) -> String {
    (url ?? "") + basePath
      + (path == "index.html" ? "" : path.hasSuffix("/index.html") ? String(path.dropLast(10)) : path)
  }
}

/// A folder of generated design documents that is shown in the site.
public struct ArchivedDesign: Sendable, Hashable {
  /// The folder's name, which is also the section's.
  public var name: String
  /// Markdown documents by path: `design.md`, `decisions/0001-use-x.md`.
  public var documents: [String: String]
  /// decisions.json, as it was written.
  public var decisions: String?
  /// How messages name the folder.
  public var folder: String

  public init(name: String, documents: [String: String], decisions: String?, folder: String) {
    self.name = name
    self.documents = documents
    self.decisions = decisions
    self.folder = folder
  }
}

/// A file of the site.
public struct SiteFile: Sendable, Hashable {
  /// From the site's root.
  public var path: String
  public var text: String

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// Something wrong that keeps a site from being built.
public struct SiteFinding: Sendable, Hashable, Comparable, Error {
  /// The entry's file, or the page where no file can be told.
  public var file: String
  public var line: Int?
  public var message: String

  public var text: String { file + (line.map { ":\($0)" } ?? "") + ": \(message)" }

  public static func < (a: SiteFinding, b: SiteFinding) -> Bool {
    (a.file, a.line ?? 0, a.message) < (b.file, b.line ?? 0, b.message)
  }
}
