import ArgumentParser
import Content
import Documents
import Foundation

/// How documents are written: what every command takes that writes them all.
struct DocumentOptions: ParsableArguments {
  @OptionGroup private var source: TemplateOptions
  @Option(
    name: .customLong("audience"),
    help: ArgumentHelp(
      "How deep the design document goes: exec (about two pages), review, or full with every trace.",
      valueName: "exec|review|full"))
  var depth: Depth = .review

  var audience: Audience { depth.audience }

  /// The options as they would be typed again.
  var arguments: [String] {
    (source.folder.map { ["--templates", $0.quotedForShell] } ?? [])
      + (audience == .review ? [] : ["--audience", audience.rawValue])
  }

  func templates() throws -> Templates { try source.templates() }
}

/// Which templates documents are written by.
struct TemplateOptions: ParsableArguments {
  @Option(
    name: .customLong("templates"),
    help: ArgumentHelp("A folder with templates that replace the shipped ones of the same name.", valueName: "dir"))
  var folder: String?

  /// The shipped templates with a person's in place of those of the same name, checked.
  func templates() throws -> Templates {
    let shipped = Dictionary(
      Content.files(under: "templates").map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    let templates = Templates(shipped: shipped, own: try own(among: shipped.keys.sorted()), folder: folder)
    // The shipped ones are checked when they are rendered; nobody has to wait for that before the first question.
    if folder != nil { try templates.check() }
    return templates
  }

  private func own(among known: [String]) throws -> [String: String] {
    guard let folder else { return [:] }
    return try OverrideFolder.files(in: folder, option: "--templates", what: "template", among: known)
  }
}

/// Templates by name, and where a person's own are.
struct Templates {
  private let shipped: [String: String]
  private let own: [String: String]
  private let folder: String?

  init(shipped: [String: String], own: [String: String], folder: String?) {
    self.shipped = shipped
    self.own = own
    self.folder = folder
  }

  var all: [String: String] { shipped.merging(own) { $1 } }

  /// - Throws: `Ending` that names the file, the line and the nearest field.
  func check() throws { try naming { try DocumentSet.check(templates: all) } }

  /// Does work with the templates; what is wrong with one is said with the file's own path.
  func naming<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let problem as TemplateProblem {
      guard let folder, own[problem.template] != nil else { throw Ending.badInput(problem.description) }
      throw Ending.badInput(problem.description(at: "\(folder)/\(problem.template)"))
    }
  }
}

/// `Audience` as an argument.
enum Depth: String, ExpressibleByArgument, CaseIterable {
  case exec, review, full

  var audience: Audience {
    switch self {
    case .exec: .exec
    case .review: .review
    case .full: .full
    }
  }
}
