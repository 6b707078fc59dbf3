extension Shapes {
  /// docs/templates.md: what each template is given.
  static var documentation: String {
    var out = """
      # Templates

      The documents are written by [Mustache](https://mustache.github.io/mustache.5.html) templates in `templates/`. A house \
      may bring its own: `plumbline design answers.yaml --templates house/templates`, and the same for `ask`. A file there \
      takes the place of the shipped one of its name; all others stay as they are. A name that no shipped template has is \
      an error that names the nearest. Before anything is rendered, each template is checked against the fields below: a \
      name that is not among them is an error with the file, the line and the nearest name, where Mustache alone would \
      print nothing.

      For instance `house/templates/checklist.md.mustache`, which leaves the areas' headings out:

      ```mustache
      {{% CONTENT_TYPE:TEXT}}
      <!-- plumbline:begin head -->
      # {{title}}

      {{lead}} Evidence goes below its item.
      <!-- plumbline:end head -->

      {{#phases}}
      <!-- plumbline:begin {{id}} -->
      ## {{phase}}

      {{#areas}}
      {{#items}}
      - [ ] {{.}}
      {{/items}}
      {{/areas}}

      <!-- plumbline:notes {{id}}-notes -->
      *What we agreed on here:*
      <!-- plumbline:notes-end {{id}}-notes -->
      <!-- plumbline:end {{id}} -->

      {{/phases}}
      ```

      With `{{phase}}` misspelt as `{{phas}}`, `plumbline` ends with status 2 and says \
      `house/templates/checklist.md.mustache:10: there is no field “phas” here; did you mean phase?`

      ## Parts

      A line `<!-- plumbline:begin ID -->` begins a part and `<!-- plumbline:end ID -->` ends it. The parts of a document \
      stand one after another and have names of their own. In the document the first line carries a hash of the part's \
      lines: by it a later run sees whether a person has edited the part. Inside a part \
      `<!-- plumbline:notes ID -->` and `<!-- plumbline:notes-end ID -->` enclose an area that is a person's; what the \
      template has there is replaced only while nobody has written into it. A template without parts works as well: \
      the whole document is then merged as one. [regeneration.md](regeneration.md) says what becomes of edits. \
      An item of a task list is known by the last word of its bold text, which is the id of its check.

      ## Rules

      - Text in the Markdown templates is Markdown already and escaped; they begin with `{{% CONTENT_TYPE:TEXT}}`. \
      Those that write HTML escape by themselves, except for three braces. `document.css` and `checklist.js` are no \
      templates: they stand in the pages as they are.
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
