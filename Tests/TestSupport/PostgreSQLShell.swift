internal import Foundation
internal import Processes

/// A shell that runs a server for the tests. What its script does behind `read` comes when this process ends, however it
/// does: the shell waits at the end of a pipe.
public final class PostgreSQLShell: Sendable {
  private let end: FileHandle

  struct Failure: Error { var message: String }

  /// - Parameters:
  ///   - environment: beside PATH, and BIN, where PostgreSQL's programs are.
  ///   - answers: whether the server takes statements; asked until it does.
  public init(_ script: String, _ environment: [String: String], answers: () -> Bool) throws {
    guard let binaries = InstalledPostgreSQL.binaries else {
      throw Failure(message: InstalledPostgreSQL.absence ?? "no PostgreSQL")
    }
    let process = Process()
    let shell = InstalledPostgreSQL.shell(script)
    process.executableURL = URL(fileURLWithPath: shell.program)
    process.arguments = shell.arguments
    process.environment = InstalledPostgreSQL.path.merging(["BIN": binaries]) { $1 }.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    end = pipe.fileHandleForWriting
    try process.run()
    let deadline = Date().addingTimeInterval(90)
    while !answers() {
      guard Date() < deadline, process.isRunning else { throw Failure(message: "PostgreSQL does not start") }
      usleep(50_000)
    }
  }
}
