import Testing

@testable import Catalog

@Suite("CSV reader")
struct CSVReaderTests {
    private static func read(_ text: String, blocks size: Int) throws -> [CSVReader.Record] {
        var reader = CSVReader(Blocks.of(Array(text.utf8), size: size))
        var records: [CSVReader.Record] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    private static func fields(_ record: CSVReader.Record) -> [String] {
        record.fields.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "splits records into fields",
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n,\n", [["a", "b"], ["", ""]]),
            ("a\n\n\n1\n", [["a"], ["1"]]),
            ("a,b\n\"1,1\",\"say \"\"hi\"\"\"\n", [["a", "b"], ["1,1", "say \"hi\""]]),
            ("a,b\n\"one\r\ntwo\",\"\"\n", [["a", "b"], ["one\ntwo", ""]]),
            ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
            ("a\tb\n1;5\t2\n", [["a", "b"], ["1;5", "2"]]),
            ("é,ß\n日本,😀\n", [["é", "ß"], ["日本", "😀"]]),
            ("", []),
        ]
    )
    func split(text: String, expected: [[String]]) throws {
        for size in [1, 2, 3, 1_000] {
            let records = try Self.read(text, blocks: size)
            #expect(records.map(Self.fields) == expected)
            #expect(records.allSatisfy { $0.problem == nil })
        }
    }

    @Test(
        "tells on which line a record begins",
        arguments: [
            ("a,b\n1,2\n3,4\n", [1, 2, 3]), ("a,b\n\"1\n\n\",2\n3,4\n", [1, 2, 5]), ("a\r\n\r\n1\r\n", [1, 3]),
        ]
    )
    func countLines(text: String, lines: [Int]) throws {
        #expect(try Self.read(text, blocks: 2).map(\.line) == lines)
    }

    @Test(
        "goes on behind a record that is not well formed",
        arguments: [
            ("a,b\nx\"y,2\n3,4\n", 2, "Field 1 has a quote in the middle; quote the whole field and double it."),
            ("a,b\n1,\"x\"y\n3,4\n", 2, "Field 2 goes on behind its closing quote; a quote inside is doubled."),
        ]
    )
    func recover(text: String, line: Int, problem: String) throws {
        let records = try Self.read(text, blocks: 4)
        #expect(records.count == 3)
        #expect(records[1].line == line)
        #expect(records[1].problem == problem)
        #expect(Self.fields(records[2]) == ["3", "4"])
    }

    @Test("says where a quote was opened that is not closed")
    func unclosedQuote() throws {
        let records = try Self.read("a,b\n1,2\n3,\"4\n5,6\n7,8\n", blocks: 5)
        #expect(records.count == 3)
        #expect(records[2].line == 3)
        #expect(records[2].problem == "The quote that opens on line 3 is not closed.")
    }

    @Test("holds no more than a megabyte of a quote that is not closed")
    func endlessQuote() throws {
        let endless = "a,b\n\"" + String(repeating: "x\n", count: 600_000) + "\",1\n"
        let records = try Self.read(endless, blocks: 65_536)
        #expect(records.count == 2)
        #expect(records[1].problem?.hasPrefix("The quote that opens on line 2 is not closed within a megabyte") == true)
    }
}

/// Bytes as a file gives them, a block at a time.
enum Blocks {
    static func of(_ bytes: [UInt8], size: Int) -> () -> [UInt8]? {
        var start = 0
        return {
            guard start < bytes.count else { return nil }
            let end = min(bytes.count, start + size)
            defer { start = end }
            return Array(bytes[start..<end])
        }
    }
}
