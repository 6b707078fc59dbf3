extension Shapes {
  /// docs/templates.md: what each template is given.
  static var documentation: String {
    var out = """
      # Templates

      The documents are written by [Mustache](https://mustache.github.io/mustache.5.html) templates in `templates/`. A house \
      may bring its own. Before anything is rendered, each template is checked against the fields below: a name that is \
      not among them is an error with its line and the nearest name, where Mustache alone would print nothing.

      - Text in the Markdown templates is Markdown already and escaped; they begin with `{{% CONTENT_TYPE:TEXT}}`. \
      `page.html.mustache` escapes by itself, except for three braces.
      - `{{#field}} … {{/field}}` repeats for a list, and stands once for an optional field that is there. Inside a list of \
      texts the item is `{{.}}`; `{{#first()}}` and `{{#last()}}` hold for its ends.
      - A section is an optional record with `items` and `single`, so that its heading can be left out with it.
      - `{{> name}}` includes `name.mustache`. Blocks, inheritance, other functions and changed delimiters are not supported.
      - `document.css` is put into every page.

      This page is written from `Sources/Documents/Templates/Shapes.swift`; a test holds the two equal.

      """
    for name in all.keys.sorted() {
      out += "\n## \(name)\n\n| field | kind | what it is |\n| --- | --- | --- |\n"
      if let shape = all[name] { out += rows(shape, below: "") }
    }
    return out
  }

  private static func rows(_ shape: TemplateShape, below prefix: String) -> String {
    shape.fields.map { field in
      let path = prefix.isEmpty ? field.name : "\(prefix).\(field.name)"
      return "| `\(path)` | \(kind(field.shape)) | \(field.note) |\n" + rows(field.shape.inside, below: path)
    }.joined()
  }

  private static func kind(_ shape: TemplateShape) -> String {
    switch shape {
    case .text: "text"
    case .flag: "flag"
    case .list(let item): item.isText ? "list of texts" : "list"
    case .record: "record"
    case .optional(let inner): "optional \(kind(inner))"
    }
  }
}
