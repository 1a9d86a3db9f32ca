import JSON

@testable import Catalog

extension FuzzTarget {
    /// Import files: the format on the first line, `csv` or `jsonl`, and the file behind it.
    static let imports = FuzzTarget("imports") { bytes in
        let (lines, rest) = bytes.lines(1)
        let format = ImportFile.Format(rawValue: lines[0].text) ?? .csv
        var cuts = Cuts(for: rest)
        let whole = ImportRun([rest], format)
        require(whole == ImportRun(cuts.pieces(of: rest), format), "The rows depend on where the file is cut")
        require(whole == ImportRun(rest.map { [$0] }, format), "The rows depend on where the file is cut")
        whole.check()
        if format == .csv { CSVCheck.check(rest) }
    }
}

/// Gives blocks one after the other, as a file does.
private final class Blocks {
    private var rest: ArraySlice<[UInt8]>

    init(_ blocks: [[UInt8]]) { rest = blocks[...] }

    func next() -> [UInt8]? { rest.popFirst() }
}

/// What an import's reader made of a file.
private struct ImportRun: Equatable {
    var rows: [ImportRow] = []
    var problem: ImportProblem?

    init(_ blocks: [[UInt8]], _ format: ImportFile.Format) {
        let blocks = Blocks(blocks)
        do {
            var reader = try ImportReader(ImportFile(format: format, next: { blocks.next() }))
            while let row = try reader.next() { rows.append(row) }
        } catch let error as ImportProblem {
            problem = error
        } catch {
            fatalError("\(error) is not told in the words of an import")
        }
    }

    func check() {
        var line = 0
        for row in rows {
            require(row.line > line, "Line \(row.line) comes behind line \(line)")
            line = row.line
            require(
                row.problem != "" && (row.problem == nil || row.values.isEmpty || row.problem != nil),
                "A problem says nothing")
            if row.problem == nil { read(row) }
        }
    }

    /// Reads every column in every way.
    private func read(_ row: ImportRow) {
        var fields = ImportFields(row)
        var copied = CopyText()
        for name in row.values.keys.sorted() {
            let text = fields.text(name, maximum: 40)
            copied.text(text)
            copied.text(fields.key(name))
            copied.text(fields.choice(name, ["open", "done"]))
            copied.text(fields.email(name))
            copied.text(fields.phone(name))
            copied.texts(fields.texts(name, maximum: 20))
            copied.integer(fields.number(name))
            copied.day(fields.date(name))
            copied.moment(fields.moment(name))
        }
        if let answers = fields.answers() {
            let text = JSONText.object(answers)
            require(JSONNode.reading(Array(text.utf8))?.count == answers.count, "\(text) is no object")
            copied.text(text)
        }
        copied.endRow()
        require(copied.bytes.filter { $0 == 0x0A }.count == 1, "A row has become two")
        let columns = row.values.count * 9 + (fields.answers() == nil ? 0 : 1)
        let tabs = copied.bytes.filter { $0 == 0x09 }.count
        require(tabs == max(0, columns - 1), "A row of \(columns) columns has \(tabs) tabs")
        require(fields.problems.allSatisfy { !$0.isEmpty }, "A problem says nothing")
    }
}

/// What holds for every file of separated values.
private enum CSVCheck {
    static func check(_ bytes: [UInt8]) {
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(20).map { [UInt8]($0) }
        let line = [UInt8](fields.map(quoted).joined(separator: [UInt8(ascii: ",")]))
        let blocks = Blocks([line])
        var reader = CSVReader { blocks.next() }
        let record = (try? reader.next()) ?? CSVReader.Record(line: 0)
        if fields == [[]] { return }
        require(record.problem == nil, "Quoted fields have a problem: \(record.problem ?? "")")
        require(record.fields == fields.map(lineFeeds), "Quoted fields are read as \(record.fields)")
        require((try? reader.next()) == .some(nil), "There is a second record")
    }

    private static func quoted(_ field: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x22]
        for byte in field { result += byte == 0x22 ? [0x22, 0x22] : [byte] }
        return result + [0x22]
    }

    /// Line ends within a field are line feeds.
    private static func lineFeeds(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A, index > 0, bytes[index - 1] == 0x0D { continue }
            result.append(byte == 0x0D ? 0x0A : byte)
        }
        return result
    }
}
