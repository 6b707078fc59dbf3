/// A table that scrolls by itself where it is wider than the page.
enum HTMLTable {
  /// - Parameter columns: their headings, as text.
  static func open(_ name: String, _ columns: [String], _ tableClass: String = "") -> String {
    let heads = columns.map { "<th scope=\"col\">\($0.html)</th>" }.joined()
    let named = tableClass.isEmpty ? "" : " class=\"\(tableClass)\""
    return """
      <div class="table" role="region" aria-label="\("Table: \(name)".html)" tabindex="0"><table\(named)>
      <thead>
      <tr>\(heads)</tr>
      </thead>
      <tbody>

      """
  }

  static let close = "</tbody>\n</table></div>\n"
}
