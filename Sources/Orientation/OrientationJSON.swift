internal import Foundation
public import TextFormats

extension OrientationReport {
  /// Everything that was found, for programs.
  public var json: JSON {
    .object([
      "name": .string(name),
      "minutes": .int(steps.map(\.minutes).reduce(0, +)),
      "steps": .array(
        steps.map { step in
          .object([
            "statement": .string(step.statement), "title": .string(step.title), "minutes": .int(step.minutes),
            "do": .string(step.task), "write_down": .string(step.writeDown), "if_it_fails": .string(step.ifItFails),
          ])
        }),
      "files": .object([
        "total": .int(fileCount), "tests": .int(testFiles.count),
        "languages": .object(languages.map { JSON.Member($0.name, .int($0.files)) }),
      ]),
      "run": .object([
        "commands": .array(
          commands.map {
            .object([
              "command": .string($0.command), "note": .string($0.note), "file": .string($0.place.file),
              "line": .int($0.place.line),
            ])
          }),
        "needs": .array(
          dependencies.map {
            .object([
              "name": .string($0.name), "kind": .string($0.kind), "ports": .strings($0.ports), "note": .string($0.note),
              "file": .string($0.place.file), "line": .int($0.place.line),
            ])
          }),
        "notes": .array(
          notes.map {
            .object(["text": .string($0.text), "file": .string($0.place.file), "line": .int($0.place.line)])
          }),
      ]),
      "routes": .array(routes.map(OrientationReport.route)),
      "computed": .array(computed.map(OrientationReport.place)),
      "descriptions": .array(
        descriptions.map { description in
          .object([
            "file": .string(description.file), "version": .string(description.version),
            "title": description.title.map(JSON.string) ?? .null,
            "operations": .array(description.operations.map(OrientationReport.route)),
            "remark": description.remark.map(JSON.string) ?? .null,
          ])
        }),
      "schema": .object([
        "migrations": .array(
          schema.migrations.map {
            .object([
              "tool": .string($0.tool), "folder": .string($0.folder), "count": .int($0.count),
              "latest": .string($0.latest), "status": $0.status.map(JSON.string) ?? .null,
            ])
          }),
        "files": .array(schema.files.map { .object(["file": .string($0.place.file), "tables": .int($0.tables)]) }),
        "table_count": .int(schema.tableCount),
        "tables": .array(
          schema.tables.map {
            .object(["name": .string($0.name), "file": .string($0.place.file), "line": .int($0.place.line)])
          }),
      ]),
      "database": sizes.map { sizes in
        .object([
          "name": .string(sizes.database), "server": .string(sizes.server),
          "tables": .array(
            sizes.tables.map { table in
              .object([
                "name": .string(table.name), "rows": table.rows.map(JSON.int) ?? .null,
                "table_bytes": .int(table.tableBytes),
                "index_bytes": .int(table.indexBytes), "total_bytes": .int(table.totalBytes),
                "indexes": .strings(table.indexes),
              ])
            }),
        ])
      } ?? .null,
      "trace": .object(["get": OrientationReport.trace(get), "post": OrientationReport.trace(post)]),
      "observability": .array(
        signals.map {
          .object([
            "kind": .string($0.kind), "what": .string($0.what), "file": .string($0.place.file),
            "line": .int($0.place.line),
          ])
        }),
      "history": .object([
        "looked": .int(history.looked), "fix_count": .int(history.fixCount),
        "fixes": .array(
          history.fixes.map {
            .object(["commit": .string($0.id), "date": .string($0.date), "subject": .string($0.subject)])
          }),
        "hot": .array(history.hot.map { .object(["file": .string($0.path), "count": .int($0.count)]) }),
        "documents": .strings(history.documents.map(\.file)),
        "changes": .array(
          history.changes.map {
            .object(["text": .string($0.text), "file": .string($0.place.file), "line": .int($0.place.line)])
          }),
        "remark": history.remark.map(JSON.string) ?? .null,
      ]),
      "remarks": .strings(remarks),
    ])
  }

  private static func place(_ place: Place) -> JSON {
    .object(["file": .string(place.file), "line": .int(place.line)])
  }

  private static func route(_ route: Route) -> JSON {
    .object([
      "method": .string(route.method), "path": .string(route.path), "file": .string(route.place.file),
      "line": .int(route.place.line),
      "handler": route.handler.map(JSON.string) ?? .null, "framework": .string(route.framework),
      "whole": .bool(route.isWhole),
      "name": route.name.map(JSON.string) ?? .null, "tests": .array(route.tests.map(place)),
    ])
  }

  private static func trace(_ trace: Trace?) -> JSON {
    guard let trace else { return .null }
    return .object([
      "route": route(trace.route),
      "steps": .array(
        trace.steps.map {
          .object(["name": .string($0.name), "file": .string($0.place.file), "line": .int($0.place.line)])
        }),
      "signs": .array(
        trace.signs.map {
          .object([
            "kind": .string($0.kind), "word": .string($0.word), "file": .string($0.place.file),
            "line": .int($0.place.line),
          ])
        }),
    ])
  }
}

extension JSON {
  static func int(_ value: Int) -> JSON { .number(Decimal(value)) }
}
