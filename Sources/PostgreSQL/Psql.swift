internal import Foundation
internal import Processes
internal import TextFormats

/// PostgreSQL asked by its own client, psql, as a subprocess: reading only, within bounds of time.
///
/// The address goes to psql by its environment, where other users of the machine do not see it.
public struct Psql: Sendable {
  /// One transaction, which reads only and is given up after a time.
  public struct Transaction: Sendable {
    /// A name, by which a failure is told: `{"failed": name, "state": SQLSTATE}` on a line of its own.
    var name: String
    /// SQL, and what psql itself understands. What is printed should be JSON on one line.
    var script: String
    /// After this time the server gives up a statement.
    var seconds: Double
    /// Whether the transactions after it run even if this one fails.
    var mayFail: Bool

    public init(_ name: String, _ script: String, seconds: Double, mayFail: Bool = false) {
      self.name = name
      self.script = script
      self.seconds = seconds
      self.mayFail = mayFail
    }
  }

  let address: PostgreSQLAddress
  let environment: [String: String]

  /// - Parameter environment: the program's own; PATH, HOME and what says where libpq finds its files are taken from it.
  public init(_ address: PostgreSQLAddress, environment: [String: String]) {
    self.address = address
    self.environment = environment
  }

  /// Runs transactions one after another in one session.
  ///
  /// Each is READ ONLY, and waits for a lock two seconds at most. Names are looked up in `pg_catalog` alone, so that no
  /// function of the database's owner runs in its place.
  ///
  /// - Parameter seconds: after this time the whole is given up.
  /// - Returns: the lines that were printed, without the empty ones.
  /// - Throws: a problem whose message does not hold the password.
  public func run(_ transactions: [Transaction], seconds: Double) throws(PostgreSQLProblem) -> [String] {
    guard let psql = Subprocess.find("psql", in: environment) else {
      throw PostgreSQLProblem(.noClient, "psql is not installed")
    }
    let bytes: [UInt8]
    do throws(Subprocess.Problem) {
      bytes = try Subprocess.run(
        psql, ["-X", "-q", "-A", "-t", "-w"], environment: variables, input: Self.script(transactions),
        seconds: seconds)
    } catch {
      switch error {
      case .failed(_, let message):
        let text = address.withoutPassword(message).split(separator: "\n").prefix(2).map {
          String($0).onOneLine(atMost: 400)
        }.joined(separator: " ")
        throw PostgreSQLProblem(.noAnswer, "the database did not answer: \(text)")
      case .timedOut:
        throw PostgreSQLProblem(.tooSlow, "the database took longer than \(Int(seconds.rounded())) seconds")
      case .tooMuchOutput: throw PostgreSQLProblem(.unreadable, "the database answered with more than is read here")
      case .cannotStart: throw PostgreSQLProblem(.noClient, "psql could not be run")
      }
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private var variables: [String: String] {
    var own = [
      "PATH": environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C", "PGCONNECT_TIMEOUT": "5", "PGAPPNAME": "plumbline",
      "PSQLRC": "/dev/null", "PGCLIENTENCODING": "UTF8",
    ]
    for name in ["HOME", "PGPASSFILE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"] {
      own[name] = environment[name]
    }
    return own.merging(address.settings) { $1 }
  }

  static func script(_ transactions: [Transaction]) -> String {
    transactions.map { transaction in
      """
      \\set ON_ERROR_STOP \(transaction.mayFail ? "off" : "on")
      BEGIN TRANSACTION READ ONLY;
      SET LOCAL search_path = pg_catalog, pg_temp;
      SET LOCAL statement_timeout = '\(Int((transaction.seconds * 1000).rounded()))ms';
      SET LOCAL lock_timeout = '2s';
      SET LOCAL standard_conforming_strings = on;
      \(transaction.script)
      \\if :ERROR
      \\echo {"failed": "\(transaction.name)", "state": :"SQLSTATE"}
      \\endif
      COMMIT;

      """
    }.joined()
  }
}
