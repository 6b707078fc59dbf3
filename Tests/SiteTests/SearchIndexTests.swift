import Content
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import TextFormats
import Testing

@testable import Site

@Suite struct SearchIndexTests {
  static let shipped = Result {
    let base = try KnowledgeCompiler.compile([.embedded()])
    return base
  }
}
