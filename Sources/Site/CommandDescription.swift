public import TextFormats

/// A command of the program, as its argument parser describes it.
public struct CommandDescription: Sendable, Hashable {
  public var name: String
  public var abstract: String
  public var discussion: String
  public var arguments: [Argument]
  public var subcommands: [CommandDescription]

  public struct Argument: Sendable, Hashable {
    /// `--out <dir>`, `<answers.yaml>`.
    public var label: String
    public var synopsis: String
    public var text: String
    public var standard: String?
  }

  /// From the JSON that the argument parser dumps; nil where that is of another shape.
  public init?(_ json: JSON) {
    guard case .string(let name)? = json["commandName"] else { return nil }
    self.name = name
    abstract = json["abstract"].text ?? ""
    discussion = json["discussion"].text ?? ""
    arguments = json["arguments"].items.filter(CommandDescription.isShown).compactMap(Argument.init)
    subcommands = json["subcommands"].items.filter(CommandDescription.isShown).compactMap { CommandDescription($0) }
  }

  /// Without the help that every command has.
  private static func isShown(_ json: JSON) -> Bool {
    json["shouldDisplay"] != .bool(false) && json["commandName"].text != "help"
      && !["help", "version"].contains(json["preferredName"].flatMap { $0["name"] }.text ?? "")
  }
}

extension CommandDescription.Argument {
  fileprivate init?(_ json: JSON) {
    guard let kind = json["kind"].text else { return nil }
    let value = "<\(json["valueName"].text ?? "value")>"
    func dashed(_ name: JSON) -> String { (name["kind"].text == "long" ? "--" : "-") + (name["name"].text ?? "") }
    let names = json["names"].items.map(dashed).joined(separator: ", ")
    let preferred = json["preferredName"].map(dashed) ?? names
    label = kind == "positional" ? value : kind == "flag" ? names : "\(names) \(value)"
    var shown = kind == "positional" ? value : kind == "flag" ? preferred : "\(preferred) \(value)"
    if json["isRepeating"] == .bool(true) { shown += " …" }
    synopsis = json["isOptional"] == .bool(true) ? "[\(shown)]" : shown
    text = [json["abstract"].text, json["discussion"].text].compactMap(\.self).joined(separator: " ")
    standard = json["defaultValue"].text
  }
}

extension Optional where Wrapped == JSON {
  fileprivate var text: String? { if case .string(let text)? = self { text } else { nil } }
  fileprivate var items: [JSON] { if case .array(let items)? = self { items } else { [] } }
}
