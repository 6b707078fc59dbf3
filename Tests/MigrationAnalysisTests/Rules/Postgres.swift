import TestSupport
import Testing

/// What a PostgreSQL of the tests' own says of their scripts.
enum Postgres {
  /// The scripts of the tests, run once in one server.
  static let run = Result { () throws -> (operations: [String], fixes: [String]) in
    let all = try PostgreSQLServer().remarks(
      on: OperationTests.script + "SET client_min_messages = notice;" + mark("half") + FixTests.script)
    let half = try #require(all.firstIndex { $0.hasSuffix("mark half") }, "\(all.suffix(3))")
    return (Array(all[..<half]), Array(all[half...].dropFirst()))
  }

  /// A remark that the script makes, to tell what belongs to what.
  static func mark(_ text: String) -> String { "DO $mark$ BEGIN RAISE NOTICE 'mark \(text)'; END $mark$;\n" }
}
