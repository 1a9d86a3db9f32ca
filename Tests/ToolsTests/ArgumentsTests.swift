import Identity
import JSON
import Telemetry
import Testing
import Tools

@Suite("Arguments")
struct ArgumentsTests {
    private let parameters = [
        Parameter("title", .text(maximum: 10), "", isRequired: true),
        Parameter("priority", .choice(["low", "medium", "high"]), ""),
        Parameter("limit", .integer(1...100), ""),
        Parameter("fields", .choices(["id", "title"]), ""),
        Parameter("since", .moment, ""),
        Parameter("taskId", .identifier(prefix: "tsk"), ""),
        Parameter("taskNumber", .taskNumber, ""),
        Parameter("check", .object([Parameter("phone", .text(maximum: 5), "")]), ""),
        Parameter("currency", .currency, ""),
        Parameter(
            "lines",
            .objects(
                [
                    Parameter("quantity", .decimal(places: 2), "", isRequired: true),
                    Parameter("price", .integer(0...100), ""),
                ], count: 3), ""),
    ]

    private func read(_ text: String) throws -> Arguments {
        try Arguments(try JSONDocument(Array(text.utf8)).root, for: parameters)
    }

    private func problems(_ text: String) throws -> [ToolError.Problem] {
        do {
            _ = try read(text)
            return []
        } catch let error as ToolError {
            #expect(error.code == .validationFailed)
            return error.problems
        }
    }

    @Test("are read by kind")
    func kinds() throws {
        let arguments = try read(
            """
            {"title":"Boiler","priority":"high","limit":20,"fields":["title","id","title"],"since":"2026-11-20",
            "taskId":"tsk_0199d3c0a1b27c3d8e4f0123456789ab","taskNumber":"#1042","check":{"phone":"123"}}
            """
        )
        #expect(arguments.text("title") == "Boiler")
        #expect(arguments.text("priority") == "high")
        #expect(arguments.integer("limit") == 20)
        #expect(arguments.words("fields") == ["title", "id"])
        #expect(arguments.moment("since") == 1_795_132_800_000_000)
        #expect(arguments.row("taskId")?.digits == "0199d3c0a1b27c3d8e4f0123456789ab")
        #expect(arguments.integer("taskNumber") == 1042)
        #expect(arguments.object("check")?.text("phone") == "123")
    }

    @Test("hold lists of objects, whose mistakes are named by their place")
    func objects() throws {
        let lines = try #require(
            try read(#"{"title":"a","lines":[{"quantity":1.5},{"quantity":2,"price":7}]}"#).objects("lines"))
        #expect(lines.map { $0.decimal("quantity") } == ["1.5", "2"])
        #expect(lines.map { $0.integer("price") } == [nil, 7])
        let wrong = try problems(
            #"{"title":"a","lines":[{"quantity":1},5,{"price":101,"pric":1}],"currency":"euro"}"#)
        #expect(
            Set(wrong.map(\.field)) == ["lines[1]", "lines[2].price", "lines[2].pric", "lines[2].quantity", "currency"])
        for count in [0, 4] {
            let list = Array(repeating: #"{"quantity":1}"#, count: count).joined(separator: ",")
            #expect(try problems(#"{"title":"a","lines":[\#(list)]}"#).map(\.field) == ["lines"])
        }
    }

    @Test("that are null count as left out")
    func null() throws {
        #expect(try !read(#"{"title":"a","limit":null}"#).has("limit"))
        #expect(try problems(#"{"title":null}"#).map(\.field) == ["title"])
    }

    @Test("tell every mistake at once")
    func allMistakes() throws {
        let found = try problems(
            #"{"priority":"hgih","limit":0,"fields":["x"],"since":"2026-02-30","taskId":"7","taskNumber":-1,"chek":1}"#
        )
        #expect(
            Set(found.map(\.field))
                == ["title", "priority", "limit", "fields[0]", "since", "taskId", "taskNumber", "chek"]
        )
    }

    @Test(
        "say what would be accepted",
        arguments: [
            (#"{"title":"a","priority":"hgih"}"#, "Did you mean `high`?"),
            (#"{"title":"a","priority":"hgih"}"#, "it can be `low`, `medium` or `high`"),
            (#"{"title":"a","limt":3}"#, "Did you mean `limit`?"),
            (#"{"title":"a","zzz":3}"#, "known are `title`"),
            (#"{"title":"a","limit":101}"#, "it can be 1 to 100"),
            (#"{"title":"a","limit":1.5}"#, "is a number; it can be a whole number"),
            (#"{"title":"12345678901"}"#, "has 11 characters; at most 10"),
            (#"{"title":"  "}"#, "is empty"),
            (#"{"title":7}"#, "is a number; it can be a string"),
            (#"{"title":"a\u0000b"}"#, "U+0000"),
            (#"{"title":"a","check":[]}"#, "is an array; it can be an object"),
            (#"{"title":"a","check":{"phon":"1"}}"#, "`check.phon` is not an argument"),
            (#"{"title":"a","check":{"phone":"123456"}}"#, "`check.phone` has 6 characters"),
            (#"{}"#, "`title` is missing"),
        ]
    )
    func wording(text: String, expected: String) throws {
        let message = try problems(text).map(\.message).joined(separator: " ")
        #expect(message.contains(expected), "\(message)")
    }

    @Test("that are unknown, a body full of them, are refused soon, and twenty of them told")
    func manyMistakes() throws {
        let start = ThreadTime.now
        let names = (0..<40_000).map { #""\#(String(repeating: "x", count: 50))\#($0)":1"# }.joined(separator: ",")
        #expect(try problems("{\(names)}").count == 20)
        let words = repeatElement(#""\#(String(repeating: "x", count: 50))""#, count: 40_000).joined(separator: ",")
        #expect(try problems(#"{"title":"a","fields":[\#(words)]}"#).count == 20)
        #expect(ThreadTime.now - start < .seconds(10))
    }

    @Test("never repeat more than 40 characters of what was sent, nor controls")
    func shown() throws {
        let message = try problems(#"{"title":"a","priority":"\#(String(repeating: "x", count: 500))\u0007"}"#)[0]
            .message
        #expect(!message.contains(String(repeating: "x", count: 41)))
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 32 })
    }

    @Test("have a schema of one plain object that accepts nothing else")
    func schema() throws {
        let schema = Parameter.schema(of: parameters)
        #expect(schema["type"] == "object")
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["title"])
        #expect(schema["properties"]?["fields"]?["items"]?["type"] == "string")
        #expect(schema["properties"]?["check"]?["additionalProperties"] == false)
    }
}

@Suite("Moments")
struct MomentTests {
    @Test(
        "are dates, or date-times with an offset",
        arguments: [
            ("1970-01-01", 0), ("2026-11-20", 1_795_132_800), ("2026-11-20T09:30:00Z", 1_795_167_000),
            ("2026-11-20T09:30:00+01:00", 1_795_163_400), ("2026-11-20t09:30:00z", 1_795_167_000),
            ("2026-11-20 09:30:00-05:30", 1_795_186_800), ("2024-02-29", 1_709_164_800), ("1969-12-31", -86_400),
        ] as [(String, Int64)]
    )
    func accepted(text: String, seconds: Int64) {
        #expect(Moment.microseconds(from: text) == seconds * 1_000_000)
    }

    @Test(
        "of days and times that do not exist are refused",
        arguments: [
            "", "2026", "2026-13-01", "2026-00-10", "2026-02-29", "2026-04-31", "2026-11-20T24:00:00Z",
            "2026-11-20T09:60:00Z", "2026-11-20T09:30:00", "2026-11-20T09:30:00+25:00", "20-11-2026",
            "2026-11-20T09:30:00Zz", "2026-11-20T09:30:00.Z", "yesterday", "２０２６-11-20",
        ]
    )
    func refused(text: String) {
        #expect(Moment.microseconds(from: text) == nil)
    }

    @Test(
        "keep microseconds",
        arguments: [("2026-11-20T09:30:00.5Z", 500_000), ("2026-11-20T09:30:00.123456789Z", 123_456)])
    func fraction(text: String, microseconds: Int64) {
        #expect(Moment.microseconds(from: text) == 1_795_167_000_000_000 + microseconds)
    }

    @Test(
        "are written as RFC 3339 in UTC and read back",
        arguments: [0, 951_782_400_000_000, 1_795_167_000_123_000, -1_000])
    func written(moment: Int64) {
        #expect(Moment.microseconds(from: Moment.text(moment)) == moment)
    }
}
