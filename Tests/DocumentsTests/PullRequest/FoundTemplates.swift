import Testing

/// Templates of pull requests in the shapes that are found in repositories.
struct FoundTemplate: CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var testDescription: String { name }

  init(_ name: String, _ text: String) {
    self.name = name
    bytes = Array(text.utf8)
  }

  init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  static let all = [
    FoundTemplate("empty", ""),
    FoundTemplate("one line end", "\n"),
    FoundTemplate("blanks only", "  \n\t\n"),
    FoundTemplate("one word", "Why?"),
    FoundTemplate("headings", "## What\n\n## Why\n\n## How it was tested\n"),
    FoundTemplate("no line end at the end", "## What\n\n## Why"),
    FoundTemplate("blank lines at the end", "## What\n\n\n\n"),
    FoundTemplate("blanks in the last line", "## What\n   "),
    FoundTemplate("trailing blanks", "## What  \nA line\\\nand its break.   \n\t\n"),
    FoundTemplate("CRLF", "## What\r\n\r\n- [ ] Tests\r\n- [ ] Docs\r\n"),
    FoundTemplate("CRLF without the last", "## What\r\n\r\n- [ ] Tests"),
    FoundTemplate("mixed line ends", "## What\r\n\n- [ ] Tests\n- [ ] Docs\r\nEnd\r\n"),
    FoundTemplate("carriage returns alone", "## What\r\r## Why\r"),
    FoundTemplate("CRLF and a lone carriage return", "## What\r\n## Why\r"),
    FoundTemplate("byte order mark", bytes: mark + Array("# Änderung\n\nWarum?\n".utf8)),
    FoundTemplate("byte order mark alone", bytes: mark),
    FoundTemplate("byte order mark and CRLF", bytes: mark + Array("# What\r\n\r\nWhy\r\n".utf8)),
    FoundTemplate(
      "Latin 1", bytes: Array("## Pr".utf8) + [0xFC] + Array("fung\n\n- [ ] gr".utf8) + [0xFC] + [0x6E, 0x0A]),
    FoundTemplate("Windows 1252, CRLF", bytes: [0x93] + Array("Why".utf8) + [0x94, 0x0D, 0x0A]),
    FoundTemplate("Shift JIS", bytes: [0x23, 0x20, 0x95, 0xCF, 0x8D, 0x58, 0x0A]),
    FoundTemplate(
      "front matter",
      "---\nname: Pull request\nabout: 'What to say: all of it'\nlabels: [review]\n---\n\n## What\n"),
    FoundTemplate(
      "comments",
      "<!-- Thank you! Read CONTRIBUTING.md first.\n     Delete this text. -->\n\nFixes #<!-- number -->\n\n<!-- end -->\n"
    ),
    FoundTemplate("own check boxes", "- [ ] Tests\n  - [x] unit\n* [ ] Docs\n+ [ ] Change log\n1. [ ] Version\n"),
    FoundTemplate("a list at the end without its end", "## To do\n\n* one\n* two"),
    FoundTemplate("table", "| Kind | Yes |\n| --- | --- |\n| fix | |\n| feature | |\n"),
    FoundTemplate("details", "<details>\n<summary>Screens</summary>\n\n| before | after |\n|--|--|\n\n</details>\n"),
    FoundTemplate("fence", "Steps:\n\n```sh\nmake test\n```\n\n~~~\n```\n~~~\n"),
    FoundTemplate("fence that shows a comment", "```html\n<!-- open\n```\n"),
    FoundTemplate("quick actions", "/label ~review\n/assign me\n%{first_multiline_commit}\n"),
    FoundTemplate("other languages", "## 变更说明\n\n- [ ] テスト\n\n## Что сделано 🚀\n"),
    FoundTemplate("markers of another kind", "<!-- plumbline:begin head -->\n# Notes\n<!-- plumbline:end head -->\n"),
    FoundTemplate("markers in the text", "Between `<!-- plumbline:begin pull-request -->` and its end.\n"),
    FoundTemplate("setext", "What\n====\n\nWhy\n---\n"),
    FoundTemplate("form feed and tabs", "\u{0C}# What\n\n\t- [ ] not a box\n\tcode\n"),
    FoundTemplate(
      "very long", (0..<1_500).map { "- [ ] Item \($0) of a list that nobody reads\n" }.joined()),
  ]

}
