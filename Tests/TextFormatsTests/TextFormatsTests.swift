import Foundation
import TestSupport
import Testing
import TextFormats

@Suite("Strict YAML")
struct StrictYAMLTests {
  @Test("Scalars are text as typed, with their places")
  func scalars() throws {
    let value = try #require(try StrictYAML.parse("a: 010\nb: 4:1\nc: yes\nd: \"x\"\n"))
    #expect(value["a"]?.text == "010")
    #expect(value["b"]?.text == "4:1")
    #expect(value["c"]?.text == "yes")
    #expect(value["d"]?.mark == .init(line: 4, column: 4))
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", 3, "a second time"), ("a: [1\n", 2, "not YAML"), ("a: &x 1\nb: *x\n", 0, "aliases"),
    ("a: 1\u{0}\n", 1, "control character"), ("\ta: 1\n", 1, "not YAML"),
    ("a: 1\n---\nb: 2\n", 2, "not YAML"), ("? [a]\n: 1\n", 1, "plain word"),
    (String(repeating: "[", count: 5000), 1, ""), (String(repeating: "- ", count: 5000), 1, ""),
    ("a:\n  b: 1\n  b: 2\n", 3, "a second time"),
  ])
  func refuses(_ text: String, _ line: Int, _ message: String) {
    let problem = #expect(throws: YAMLProblem.self) { try StrictYAML.parse(text) }
    if !message.isEmpty { #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")") }
    if line > 1 { #expect(problem?.mark.line == line, "\(problem?.mark.line ?? 0)") }
  }

  @Test("Nothing is nothing")
  func empty() throws { #expect(try StrictYAML.parse("# only a comment\n") == nil) }
}

@Suite("Ordered JSON")
struct OrderedJSONTests {
  @Test(arguments: [
    #"{"b":1,"a":[true,false,null]}"#, #""é\n\"\\""#, "12345678901234567890.5", "-0.001", "[]", "{}",
    #"{"a":{"b":[[1],[2]]}}"#, "[0,-7,1000000,999999999999999,1000000000000000,-123456789012345678]",
  ])
  func roundTrips(_ text: String) throws {
    let value = try JSON.parse(text.utf8)
    #expect(value.line == text)
    #expect(try JSON.parse(value.pretty.utf8) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "1.", "1e", "+1", "nan", "'a'", "\"\u{1}\"", "\"\\x\"",
    "\"\\ud800\"", "tru", "1 2", "{\"a\" 1}",
    String(repeating: "[", count: 100_000), "1e999",
  ])
  func refuses(_ text: String) { #expect(throws: JSONProblem.self) { try JSON.parse(text.utf8) } }

  @Test("Invalid UTF-8 is refused")
  func invalidUTF8() { #expect(throws: JSONProblem.self) { try JSON.parse([0x22, 0xFF, 0x22]) } }

  @Test("Surrogate pairs and exact decimals")
  func details() throws {
    #expect(try JSON.parse(#""\ud83d\ude00""#.utf8) == .string("😀"))
    #expect(try JSON.parse("0.1".utf8) == .number(Decimal(string: "0.1") ?? 0))
  }

  @Test(
    "Written in pieces it is the same, byte for byte, and lists are made as they are written", arguments: [0, 1, 4_000])
  func streamed(count: Int) throws {
    var made = 0
    let item = { (number: Int) -> JSON in
      #expect(number == made)
      made += 1
      return .object([
        "number": .number(.init(number)), "text": .string("\"\(number)\"\n"), "list": .strings(["a", "b"]),
      ])
    }
    let document = StreamedJSON.object([
      ("version", .value(.string("1"))), ("plain", .value(.array([.null, .bool(true)]))),
      ("runs", .list(.object([("items", .items(count: count, item: item)), ("none", .object([]))]))),
    ])
    var pieces: [[UInt8]] = []
    document.write { pieces.append(Array($0)) }
    #expect(made == count)
    #expect(count < 4_000 || pieces.count > 3)
    made = 0
    #expect(String(decoding: pieces.joined(), as: UTF8.self) == document.whole.pretty)
  }

  @Test("Everything random is read or refused, never a crash")
  func fuzz() {
    var state: UInt64 = 99
    func next() -> Int {
      state = state &* 6364136223846793005 &+ 1442695040888963407
      return Int(state >> 33)
    }
    let alphabet = Array("{}[]\",:0123456789eE+-.truefalsn\\u ".utf8) + [0xFF, 0x00]
    var good = 0
    for _ in 0..<size(50_000, full: 3_000_000) {
      let bytes = (0..<(next() % 12)).map { _ in alphabet[next() % alphabet.count] }
      if (try? JSON.parse(bytes)) != nil { good += 1 }
    }
    #expect(good > 0)
  }
}
