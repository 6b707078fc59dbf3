import Foundation
import Processes
import Testing

/// A PostgreSQL of the tests' own that runs one script and ends.
enum Postgres {
  /// Why no server can be started here; nil if one can.
  static let absence: String? =
    binaries == nil
    ? "PostgreSQL's server is not installed (scripts/install-packages test)"
    : geteuid() == 0 && Subprocess.find("runuser", in: path) == nil
      ? "PostgreSQL does not run as root, and there is no runuser" : nil

  /// The major version of the newest that is installed.
  static let version: Int = binaries.flatMap { Int($0.split(separator: "/").dropLast().last ?? "") } ?? 0

  private static let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

  private static let binaries: String? = {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
    return folders.first { folder in
      ["postgres", "initdb", "psql"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }()

  /// The scripts of the tests, run once in one server.
  static let run = Result { () throws -> (operations: [String], fixes: [String]) in
    let all = try remarks(
      on: OperationTests.script + "SET client_min_messages = notice;" + mark("half") + FixTests.script)
    let half = try #require(all.firstIndex { $0.hasSuffix("mark half") })
    return (Array(all[..<half]), Array(all[half...].dropFirst()))
  }

  /// What psql says on standard error: notices, errors and what the server remarks, in order. It goes on after an error.
  private static func remarks(on script: String) throws -> [String] {
    let binaries = try #require(Self.binaries)
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
    let root = geteuid() == 0
    let file = FileManager.default.temporaryDirectory.appending(path: "plumbline-rules-\(UUID().uuidString).sql")
    try script.write(to: file, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try Subprocess.run(
      root ? Subprocess.find("runuser", in: path) ?? "" : "/bin/sh",
      (root ? ["-u", "postgres", "--", "/bin/sh"] : []) + ["-c", shell],
      environment: path.merging(["BIN": binaries, "LC_ALL": "C", "SCRIPT": file.path]) { $1 }, input: "", seconds: 120)
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
