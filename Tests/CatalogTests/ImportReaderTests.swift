import Testing

@testable import Catalog

@Suite("Import reader")
struct ImportReaderTests {
    private static func read(_ bytes: [UInt8], _ format: ImportFile.Format) throws -> [ImportRow] {
        var reader = try ImportReader(ImportFile(format: format, next: Blocks.of(bytes, size: 7)))
        var rows: [ImportRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    private static func read(_ text: String, _ format: ImportFile.Format) throws -> [ImportRow] {
        try read(Array(text.utf8), format)
    }

    @Test("gives the same row for a line of CSV and a line of JSON")
    func sameRows() throws {
        let csv = """
            external_id,title,labels,answers,due_date
            T-1, Leak ,a; b,"{""model"":""X""}",

            """
        let json = """
            {"external_id":"T-1","title":"Leak","labels":["a","b"],"answers":{"model":"X"},"due_date":null}

            """
        let fromCSV = try #require(try Self.read(csv, .csv).first)
        let fromJSON = try #require(try Self.read(json, .jsonl).first)
        #expect(fromCSV.values == fromJSON.values)
        #expect(fromCSV.values["labels"] == .list(["a", "b"]))
        #expect(fromCSV.values["answers"] == .object(["model": "\"X\""]))
        #expect(fromCSV.values["due_date"] == ImportValue.none)
        #expect(fromCSV.line == 2)
        #expect(fromJSON.line == 1)
    }

    @Test("takes a byte order mark for no part of the header")
    func mark() throws {
        let rows = try Self.read([0xEF, 0xBB, 0xBF] + Array("external_id,name\nC-1,Ann\n".utf8), .csv)
        #expect(rows.first?.values["external_id"] == .text("C-1"))
    }

    @Test("finds out once what a wrong name was meant to be, though it is wrong in every line")
    func wrongNames() {
        var asked: [String] = []
        var names = ColumnNames { name in
            asked.append(name)
            return name == "title" ? nil : "There is no column `\(name)`."
        }
        let problems = (0..<3).flatMap { _ in ["titel", "title"].map { names.problem(with: $0) } }
        #expect(problems == Array(repeating: ["There is no column `titel`.", nil], count: 3).flatMap { $0 })
        #expect(asked == ["titel", "title"])
    }

    @Test(
        "refuses a file whose header is wrong",
        arguments: [
            ("", "The file is empty."),
            (
                "external_id,titel\n",
                "There is no column `titel`. Did you mean `title`? `workport import --help` lists the columns."
            ),
            ("external_id,title,title\n", "The column `title` is there twice."),
            ("external_id,\"title\n", "The quote that opens on line 1 is not closed."),
        ]
    )
    func wrongHeader(text: String, reason: String) throws {
        #expect(throws: ImportProblem(line: 1, reason: reason)) { try Self.read(text, .csv) }
    }

    @Test("refuses UTF-16", arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
    func utf16(bytes: [UInt8]) throws {
        for format in ImportFile.Format.allCases {
            #expect(throws: ImportProblem(line: 1, reason: "The file is UTF-16; save it as UTF-8.")) {
                try Self.read(bytes, format)
            }
        }
    }

    @Test("refuses rows that are not UTF-8 or have another number of fields, and reads on")
    func wrongRows() throws {
        let bytes = Array("external_id,name\nC-1,".utf8) + [0xE9] + Array("\nC-2\nC-3,Ann\n".utf8)
        let rows = try Self.read(bytes, .csv)
        #expect(
            rows.map(\.problem) == [
                "`name` is not UTF-8 text; save the file as UTF-8.", "The row has 1 fields; the header has 2.", nil,
            ]
        )
        #expect(rows.map(\.line) == [2, 3, 4])
    }

    @Test(
        "refuses lines that are no rows",
        arguments: [
            ("{", "This is not JSON at byte 1."), ("[1]", "The line is not a JSON object."),
            (#"{"external_id":"a","external_id":"b"}"#, "An object has the same name twice at byte 19."),
            (
                #"{"nmae":"a"}"#,
                "There is no column `nmae`. Did you mean `name`? `workport import --help` lists the columns."
            ),
            (#"{"name":["a"]}"#, "`name` cannot be a list here."),
            (#"{"labels":[1]}"#, "`labels` cannot be a list here."),
        ]
    )
    func wrongLines(line: String, problem: String) throws {
        let rows = try Self.read("\n" + line + "\n{\"external_id\":\"z\"}\n", .jsonl)
        #expect(rows.map(\.line) == [2, 3])
        #expect(rows[0].problem == problem)
        #expect(rows[1].problem == nil)
    }
}
