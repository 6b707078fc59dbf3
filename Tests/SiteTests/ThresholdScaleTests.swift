import Foundation
import KnowledgeModel
import Testing

@testable import Site

@Suite struct ThresholdScaleTests {
  static let uses = ThresholdScale.Uses(RegionSamples.shipped)

  @Test func allAtOnce() {
    #expect(
      ThresholdScale.figures(in: RegionSamples.shipped).keys.sorted() == RegionSamples.shipped.thresholds.map(\.id))
  }

  @Test(arguments: RegionSamples.shipped.thresholds.map(\.id)) func isSmallAndReadable(_ id: String) throws {
    let threshold = try #require(RegionSamples.shipped.threshold(id))
    let drawing = try #require(ThresholdScale.drawing(threshold, ThresholdScaleTests.uses))
    #expect(drawing.svg.utf8.count <= 1200, "\(drawing.svg.utf8.count) bytes")
    #expect(drawing.svg == ThresholdScale.figure(threshold, in: RegionSamples.shipped))
    let reader = MarkupReader(drawing.svg)
    #expect(reader.problem == nil)
    let label = reader.attributes("svg").first?["aria-label"] ?? ""
    #expect(label.hasPrefix(QuantityText.text(threshold.value)) && label.contains(" scale from "))
    for (index, word) in drawing.words.enumerated() {
      #expect(word.left >= 0 && word.right <= ThresholdScale.width && word.y <= ThresholdScale.height)
      for other in drawing.words[(index + 1)...] where other.y == word.y {
        #expect(word.right < other.left || other.right < word.left, "\(word.text) lies on \(other.text)")
      }
    }
  }

  @Test func theGuidesFigureStandsBeside() throws {
    let threshold = try #require(RegionSamples.shipped.threshold("sqs-message-bytes"))
    let svg = try #require(ThresholdScale.figure(threshold, in: RegionSamples.shipped))
    #expect(svg.contains(">1 MiB<") && svg.contains("the guide's figure is 256 KiB"))
  }

  @Test(arguments: [
    (BaseUnit.share, ["0.995", "0.9995"], "90% 99% 99.9% 99.99%"),
    (.share, ["0.8"], "0% 25% 50% 75% 100%"),
    (.count, ["10"], "0 5 10 15 20"),
    (.perSecond, ["10000"], "1k 10k 100k"),
    (.seconds, ["900"], "1 min 10 min 1 h"),
  ]) func axes(_ unit: BaseUnit, _ marks: [String], _ ticks: String) throws {
    let axis = try #require(
      QuantityAxis(unit, marks: marks.compactMap { Decimal(string: $0) }, plausible: nil, bounds: nil))
    #expect(axis.ticks.map(\.text).joined(separator: " ") == ticks)
    for share in stride(from: 0.0, through: 1, by: 0.125) {
      #expect(abs(axis.position(axis.value(share)) - share) < 1e-9)
    }
    let positions = axis.ticks.map { axis.position($0.value) }
    #expect(positions == positions.sorted() && Set(positions).count == positions.count)
  }
}
