// swift-tools-version: 6.2
import PackageDescription

/// The compiler holds the house rules: arrows run one way, imports are internal unless they are public API.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "plumbline",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "plumbline", targets: ["plumbline"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "KnowledgeModel", swiftSettings: strict),
    .target(
      name: "TextFormats", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
    .target(name: "Terminal", swiftSettings: strict),
    .target(name: "DecisionEngine", dependencies: ["KnowledgeModel"], swiftSettings: strict),
    .target(
      name: "KnowledgeBase",
      dependencies: ["KnowledgeModel", "TextFormats", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "Questionnaire", dependencies: ["KnowledgeModel", "DecisionEngine", "Terminal", "TextFormats"],
      swiftSettings: strict),
    .target(name: "Git", dependencies: ["Processes"], swiftSettings: strict),
    .target(name: "Review", dependencies: ["KnowledgeModel"], swiftSettings: strict),
    .target(name: "Recovery", dependencies: ["KnowledgeModel"], swiftSettings: strict),
    .systemLibrary(
      name: "CCMarkGFM",
      providers: [
        .apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"]),
      ]),
    .target(name: "Markdown", dependencies: ["CCMarkGFM"], swiftSettings: strict),
    .target(
      name: "Documents",
      dependencies: [
        "KnowledgeModel", "DecisionEngine", "Review", "Markdown", "TextFormats",
        .product(name: "Mustache", package: "swift-mustache"),
      ], swiftSettings: strict),
    .target(
      name: "Site",
      dependencies: [
        "KnowledgeModel", "DecisionEngine", "Documents", "Markdown", "TextFormats",
        .product(name: "Mustache", package: "swift-mustache"),
      ], swiftSettings: strict),
    .target(name: "Processes", swiftSettings: strict),
    .systemLibrary(
      name: "CPgQuery", providers: [.apt(["libpg-query-dev"]), .brew(["libpg_query"])]),
    .target(name: "SQLSyntax", dependencies: ["CPgQuery"], swiftSettings: strict),
    .target(name: "SchemaAnalysis", dependencies: ["SQLSyntax", "TextFormats"], swiftSettings: strict),
    .target(
      name: "MigrationAnalysis", dependencies: ["SchemaAnalysis", "SQLSyntax", "TextFormats"], swiftSettings: strict),
    .target(name: "CCurl"),
    .target(name: "Verification", dependencies: ["CCurl", "Terminal", "TextFormats"], swiftSettings: strict),
    .target(name: "PostgreSQL", dependencies: ["Processes", "TextFormats"], swiftSettings: strict),
    .target(name: "Orientation", dependencies: ["PostgreSQL", "Processes", "TextFormats"], swiftSettings: strict),
    .executableTarget(name: "EmbedContentTool", swiftSettings: strict),
    .plugin(name: "EmbedContent", capability: .buildTool(), dependencies: ["EmbedContentTool"]),
    .target(name: "Content", exclude: ["embedded"], swiftSettings: strict, plugins: ["EmbedContent"]),
    .executableTarget(
      name: "plumbline",
      dependencies: [
        "KnowledgeModel", "KnowledgeBase", "DecisionEngine", "Questionnaire", "Documents", "Site", "Git", "Review",
        "SchemaAnalysis", "MigrationAnalysis", "Verification", "Recovery", "Orientation", "PostgreSQL", "Processes",
        "Terminal", "Content", "TextFormats",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["Processes"], path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "KnowledgeModelTests", dependencies: ["TestSupport", "KnowledgeModel"]),
    .testTarget(name: "TextFormatsTests", dependencies: ["TestSupport", "TextFormats"]),
    .testTarget(name: "TerminalTests", dependencies: ["TestSupport", "Terminal"], swiftSettings: strict),
    .testTarget(
      name: "DecisionEngineTests",
      dependencies: ["TestSupport", "DecisionEngine", "KnowledgeModel", "KnowledgeBase", "Content"]),
    .testTarget(
      name: "KnowledgeBaseTests", dependencies: ["DecisionEngine", "KnowledgeModel", "KnowledgeBase", "Content"]),
    .testTarget(
      name: "QuestionnaireTests",
      dependencies: ["TestSupport", "Questionnaire", "KnowledgeModel", "DecisionEngine", "Terminal", "TextFormats"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "RecoveryTests", dependencies: ["Recovery", "KnowledgeModel", "KnowledgeBase", "Content"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "PostgreSQLTests", dependencies: ["TestSupport", "PostgreSQL", "Processes"], swiftSettings: strict),
    .testTarget(name: "SQLSyntaxTests", dependencies: ["TestSupport", "SQLSyntax"], swiftSettings: strict),
    .testTarget(
      name: "SchemaAnalysisTests",
      dependencies: ["TestSupport", "SchemaAnalysis", "SQLSyntax", "TextFormats", "Processes"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "MigrationAnalysisTests",
      dependencies: ["TestSupport", "MigrationAnalysis", "SchemaAnalysis", "SQLSyntax", "TextFormats", "Processes"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "VerificationTests", dependencies: ["TestSupport", "CCurl", "Verification", "Terminal", "TextFormats"],
      swiftSettings: strict),
    .testTarget(
      name: "OrientationTests", dependencies: ["TestSupport", "Orientation", "Processes", "TextFormats"],
      swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: ["KnowledgeModel", "MigrationAnalysis", "SQLSyntax", "SchemaAnalysis", "TextFormats"],
      path: "Tests/Fuzzing/Targets", swiftSettings: strict),
    .testTarget(name: "FuzzingTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
    .testTarget(name: "GitTests", dependencies: ["Git", "Processes"], swiftSettings: strict),
    .testTarget(name: "ReviewTests", dependencies: ["TestSupport", "Review", "KnowledgeModel"], swiftSettings: strict),
    .testTarget(name: "MarkdownTests", dependencies: ["TestSupport", "Markdown"], swiftSettings: strict),
    .testTarget(
      name: "DocumentsTests",
      dependencies: [
        "TestSupport", "Documents", "Markdown", "DecisionEngine", "KnowledgeModel", "KnowledgeBase", "TextFormats",
      ],
      exclude: ["Fixtures", "Snapshots"], swiftSettings: strict),
    .testTarget(
      name: "SiteTests",
      dependencies: [
        "TestSupport", "Site", "Documents", "Markdown", "DecisionEngine", "KnowledgeModel", "KnowledgeBase",
        "TextFormats", "Content",
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// Fuzzers are built by scripts/fuzz alone: they need libFuzzer, which not every toolchain has.
if Context.environment["PLUMBLINE_FUZZ"] != nil {
  let instrument = ["-sanitize=fuzzer"]
  for target in package.targets
  where [
    "KnowledgeModel", "TextFormats", "SQLSyntax", "SchemaAnalysis", "MigrationAnalysis", "FuzzTargets",
  ].contains(target.name) {
    target.swiftSettings = strict + [.unsafeFlags(instrument)]
  }
  for name in ["SchemaFuzzer", "ConditionFuzzer"] {
    package.targets.append(
      .executableTarget(
        name: name, dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/\(name)",
        swiftSettings: strict + [.unsafeFlags(instrument)],
        linkerSettings: [.unsafeFlags(instrument + ["-use-ld=lld"])]))
  }
}
