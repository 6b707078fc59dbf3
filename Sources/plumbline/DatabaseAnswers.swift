import Foundation
import KnowledgeModel
import PostgreSQL
import Questionnaire

/// What a live database tells, as proposals for answers. What could not be measured is said at once.
enum DatabaseAnswers {
  static func measure(_ address: String, seconds: Int, _ base: Knowledge) throws -> [String: Interview.Proposal] {
    let measurement: DatabaseMeasurement
    do throws(PostgreSQLProblem) {
      let parsed = try PostgreSQLAddress(address, option: "--from-database")
      Output.error("measuring for \(seconds) seconds, reading only …")
      measurement = try DatabaseMeasurement.measure(
        parsed, environment: ProcessInfo.processInfo.environment, seconds: Double(seconds))
    } catch {
      throw error.isBadInput ? Ending.badInput(error.message) : Ending.cannot(error.message)
    }
    Output.error("\(measurement.database) on PostgreSQL \(measurement.server):")
    for gap in measurement.notMeasured { Output.error("  \(gap.trait) could not be measured: \(gap.reason)") }
    var proposals: [String: Interview.Proposal] = [:]
    for value in measurement.values {
      guard let trait = base.traits.first(where: { $0.id == value.trait }),
        let answer = try? AnswerReader.read(value.answer, for: trait)
      else { continue }
      proposals[value.trait] = .init(answer: answer, query: value.query, remark: value.remark)
    }
    return proposals
  }
}
