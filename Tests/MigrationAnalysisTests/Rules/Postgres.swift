import Foundation
import Processes
import TestSupport
import Testing

/// A PostgreSQL of the tests' own that runs one script and ends.
enum Postgres {
  /// The major version of the newest that is installed.
  static let version: Int =
    InstalledPostgreSQL.binaries.flatMap { Int($0.split(separator: "/").dropLast().last ?? "") } ?? 0

  /// The scripts of the tests, run once in one server.
  static let run = Result { () throws -> (operations: [String], fixes: [String]) in
    let all = try remarks(
      on: OperationTests.script + "SET client_min_messages = notice;" + mark("half") + FixTests.script)
    let half = try #require(all.firstIndex { $0.hasSuffix("mark half") })
    return (Array(all[..<half]), Array(all[half...].dropFirst()))
  }

  /// What psql says on standard error: notices, errors and what the server remarks, in order. It goes on after an error.
  private static func remarks(on script: String) throws -> [String] {
    let binaries = try #require(InstalledPostgreSQL.binaries)
    let shell = """
      set -e
      umask 077
      folder=$(mktemp -d /tmp/plumbline-rules-XXXXXX)
      trap 'rm -rf "$folder"' EXIT
      cd "$folder"
      "$BIN/initdb" -D data -U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C >log 2>&1
      printf '%s\\n' "listen_addresses = ''" "unix_socket_directories = '$folder'" 'fsync = off' 'autovacuum = off' \\
        "timezone = 'UTC'" >> data/postgresql.conf
      "$BIN/postgres" -D data >>log 2>&1 &
      server=$!
      for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$BIN/psql" -X -q -h "$folder" -U postgres -c 'SELECT 1' >/dev/null 2>&1 && break
        sleep 0.2
      done
      "$BIN/psql" -X -q -h "$folder" -U postgres -f "$SCRIPT" 2>&1 >/dev/null || true
      kill -INT $server
      wait $server || true
      """
    let file = FileManager.default.temporaryDirectory.appending(path: "plumbline-rules-\(UUID().uuidString).sql")
    try script.write(to: file, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let (program, arguments) = InstalledPostgreSQL.shell(shell)
    let bytes = try Subprocess.run(
      program, arguments,
      environment: InstalledPostgreSQL.path.merging(["BIN": binaries, "SCRIPT": file.path]) { $1 }, input: "",
      seconds: 120)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      // As: psql:FILE:12: NOTICE:  text
      line.hasPrefix("psql:") ? line.split(separator: ":", maxSplits: 3).dropFirst(3).joined().trimmed : String(line)
    }
  }

  /// A remark that the script makes, to tell what belongs to what.
  static func mark(_ text: String) -> String { "DO $mark$ BEGIN RAISE NOTICE 'mark \(text)'; END $mark$;\n" }
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
