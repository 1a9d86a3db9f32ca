import JSON

/// Reads the rows of an import file, of either format.
struct ImportReader {
    private enum Source {
        case csv(CSVReader, header: [String])
        case jsonl(LineReader)
    }

    private var source: Source
    private var names = ColumnNames()

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``ImportProblem`` if the file is not UTF-8 text or has columns that are not known.
    init(_ file: ImportFile) throws {
        let next = try Self.withoutMark(file.next)
        switch file.format {
        case .csv:
            var reader = CSVReader(next)
            let header = try Self.header(&reader)
            source = .csv(reader, header: header)
        case .jsonl: source = .jsonl(LineReader(next))
        }
    }

    /// The next row, or `nil` at the end.
    mutating func next() throws -> ImportRow? {
        switch source {
        case .csv(var reader, let header):
            let record = try reader.next()
            source = .csv(reader, header: header)
            return record.map { Self.row($0, header) }
        case .jsonl(var reader):
            let line = try reader.next()
            source = .jsonl(reader)
            guard let line else { return nil }
            if let problem = line.problem { return ImportRow(line: line.number, problem: problem) }
            return Self.row(line, &names)
        }
    }

    // MARK: CSV

    private static func header(_ reader: inout CSVReader) throws -> [String] {
        guard let record = try reader.next() else { throw ImportProblem(line: 1, reason: "The file is empty.") }
        if let problem = record.problem { throw ImportProblem(line: record.line, reason: problem) }
        var names: [String] = []
        for field in record.fields {
            guard let text = text(field) else {
                throw ImportProblem(line: record.line, reason: "The header is not UTF-8 text; save the file as UTF-8.")
            }
            let name = trimmed(text).lowercased()
            if let problem = ImportColumn.problem(with: name) {
                throw ImportProblem(line: record.line, reason: problem)
            }
            if names.contains(name) {
                throw ImportProblem(line: record.line, reason: "The column `\(name)` is there twice.")
            }
            names.append(name)
        }
        return names
    }

    private static func row(_ record: CSVReader.Record, _ header: [String]) -> ImportRow {
        var row = ImportRow(line: record.line, problem: record.problem)
        guard row.problem == nil else { return row }
        guard record.fields.count == header.count else {
            row.problem = "The row has \(record.fields.count) fields; the header has \(header.count)."
            return row
        }
        for (name, field) in zip(header, record.fields) {
            guard let text = text(field) else {
                row.problem = "`\(name)` is not UTF-8 text; save the file as UTF-8."
                return row
            }
            guard let value = value(of: name, text) else {
                row.problem = "`answers` is not a JSON object of texts, numbers and truth values."
                return row
            }
            row.values[name] = value
        }
        return row
    }

    private static func value(of name: String, _ text: String) -> ImportValue? {
        let trimmed = trimmed(text)
        if trimmed.isEmpty { return ImportValue.none }
        if ImportColumn.lists.contains(name) {
            return .list(trimmed.split(separator: ";").map { Self.trimmed(String($0)) }.filter { !$0.isEmpty })
        }
        if name == "answers" { return (try? JSONDocument(text: trimmed)).flatMap { object($0.root) } }
        return .text(trimmed)
    }

    // MARK: JSON lines

    private static func row(_ line: LineReader.Line, _ names: inout ColumnNames) -> ImportRow {
        var row = ImportRow(line: line.number)
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(line.bytes)
        } catch {
            row.problem = error.message + "."
            return row
        }
        guard let members = document.root.members else {
            row.problem = "The line is not a JSON object."
            return row
        }
        for (name, node) in members {
            if let problem = names.problem(with: name) {
                row.problem = problem
                return row
            }
            guard let value = value(of: name, node) else {
                row.problem = "`\(name)` cannot be \(article(node.kind)) here."
                return row
            }
            row.values[name] = value
        }
        return row
    }

    private static func value(of name: String, _ node: JSONNode) -> ImportValue? {
        switch node.kind {
        case .null: return ImportValue.none
        case .string: return value(of: name, node.string ?? "")
        case .array:
            guard ImportColumn.lists.contains(name), let elements = node.elements else { return nil }
            let texts = elements.compactMap(\.string).map(trimmed)
            return texts.count == elements.count ? .list(texts.filter { !$0.isEmpty }) : nil
        case .object: return name == "answers" ? object(node) : nil
        default: return name == "answers" || ImportColumn.lists.contains(name) ? nil : .text(node.raw.text)
        }
    }

    private static func object(_ node: JSONNode) -> ImportValue? {
        guard let members = node.members else { return nil }
        var values: [String: String] = [:]
        for (name, value) in members {
            guard value.elements == nil, value.members == nil else { return nil }
            values[name] = value.raw.text
        }
        return .object(values)
    }

    private static func article(_ kind: JSONNode.Kind) -> String {
        switch kind {
        case .array: "a list"
        case .object: "an object"
        default: "a \(kind.rawValue)"
        }
    }

    // MARK: Text

    private static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(text.unicodeScalars[first...last])
    }

    /// The same bytes without the mark that some programs put in front of UTF-8.
    private static func withoutMark(_ next: @escaping () throws -> [UInt8]?) throws -> () throws -> [UInt8]? {
        var start: [UInt8] = []
        while start.count < 3, let block = try next() { start += block }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw ImportProblem(line: 1, reason: "The file is UTF-16; save it as UTF-8.")
        }
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start.removeFirst(3) }
        var isFirst = true
        return {
            guard isFirst else { return try next() }
            isFirst = false
            return start
        }
    }
}

/// Which names are columns, and why others are none, found out once for each: a wrong name is mostly wrong in every row,
/// and what it was meant to be takes a while to find.
struct ColumnNames {
    private static let capacity = 1000
    private static let longest = 100

    private let find: (String) -> String?
    private var problems: [String: String?] = [:]

    init(_ find: @escaping (String) -> String? = ImportColumn.problem) { self.find = find }

    mutating func problem(with name: String) -> String? {
        if let known = problems[name] { return known }
        let problem = find(name)
        if problems.count < Self.capacity, name.utf8.count <= Self.longest { problems[name] = .some(problem) }
        return problem
    }
}

/// Splits bytes into lines.
struct LineReader {
    struct Line {
        /// Counted from 1.
        let number: Int
        let bytes: [UInt8]
        var problem: String?
    }

    private static let maxLineBytes = 1 << 20

    private let nextBlock: () throws -> [UInt8]?
    private var block: [UInt8] = []
    private var position = 0
    private var number = 0
    private var isEnded = false

    init(_ nextBlock: @escaping () throws -> [UInt8]?) { self.nextBlock = nextBlock }

    /// The next line that is not blank, or `nil` at the end.
    mutating func next() throws -> Line? {
        while !isEnded {
            let (bytes, isTooLong) = try read()
            if isTooLong { return Line(number: number, bytes: [], problem: "The line is longer than a megabyte.") }
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if !isBlank { return Line(number: number, bytes: bytes) }
        }
        return nil
    }

    private mutating func read() throws -> (bytes: [UInt8], isTooLong: Bool) {
        var bytes: [UInt8] = []
        var isTooLong = false
        number += 1
        while true {
            if position == block.count {
                guard let next = try nextBlock() else {
                    isEnded = true
                    return (bytes, isTooLong)
                }
                (block, position) = (next, 0)
                continue
            }
            let end = block[position...].firstIndex(of: UInt8(ascii: "\n"))
            let part = block[position..<(end ?? block.count)]
            if bytes.count + part.count > Self.maxLineBytes { isTooLong = true } else { bytes += part }
            position = end.map { $0 + 1 } ?? block.count
            if end != nil { return (bytes, isTooLong) }
        }
    }
}
