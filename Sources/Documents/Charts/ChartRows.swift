/// What charts with a row for each thing have in common: words to the left and right of a plot, rows as high as their
/// words need.
struct ChartRows {
  struct Words {
    /// To the left: what it is, and its value.
    var label: String
    var value: String
    /// To the right: the figure that counts, and what hangs on it.
    var figure: String
    var note: String
  }

  static let width = 800
  /// The plot's edges.
  static let left = 240
  static let right = 560
  /// Where the first row begins, below the names of the scale.
  static let top = 34
  /// The height of a bar.
  static let bar = 16

  private static let margin = 12
  private static let words = 574
  private static let figure = TextMeasure(size: 13, isBold: true)

  private struct Row {
    var label: [String]
    var value: [String]
    var figure: [String]
    var note: [String]
    var top: Int
    var height: Int
  }

  private let rows: [Row]
  /// The end of the last row.
  let bottom: Int

  init(_ words: [Words]) {
    let leftRoom = ChartRows.left - 2 * ChartRows.margin
    let rightRoom = ChartRows.width - ChartRows.words - ChartRows.margin
    var rows: [Row] = []
    var top = ChartRows.top
    for item in words {
      var row = Row(
        label: TextMeasure.label.lines(item.label, width: leftRoom),
        value: TextMeasure.detail.lines(item.value, width: leftRoom),
        figure: ChartRows.figure.lines(item.figure, width: rightRoom),
        note: TextMeasure.detail.lines(item.note, width: rightRoom), top: top, height: 0)
      row.height =
        max(ChartRows.height(row.label, .label, row.value), ChartRows.height(row.figure, ChartRows.figure, row.note))
        + 10
      rows.append(row)
      top += row.height
    }
    self.rows = rows
    bottom = top
  }

  private static func height(_ upper: [String], _ measure: TextMeasure, _ lower: [String]) -> Int {
    upper.count * measure.lineHeight + lower.count * TextMeasure.detail.lineHeight
  }

  /// The height at which a row's bar is centred.
  func middle(_ index: Int) -> Int { rows[index].top + rows[index].height / 2 }

  /// The words of a row, and the line that parts it from the one above.
  func draw(_ index: Int) -> String {
    let row = rows[index]
    var out = index > 0 ? SVG.line(ChartRows.margin, row.top, ChartRows.width - ChartRows.margin, row.top, "grid") : ""
    func block(
      _ upper: [String], _ measure: TextMeasure, _ name: String, _ lower: [String], _ x: Int
    ) {
      var y = row.top + (row.height - ChartRows.height(upper, measure, lower)) / 2
      for line in upper {
        y += measure.lineHeight
        out += SVG.text(line, x, y - 4, name)
      }
      for line in lower {
        y += TextMeasure.detail.lineHeight
        out += SVG.text(line, x, y - 3, "detail")
      }
    }
    block(row.label, .label, "label", row.value, ChartRows.margin)
    block(row.figure, ChartRows.figure, "figure", row.note, ChartRows.words)
    return out
  }
}
