import Catalog
import Gateway
import Glibc
import JSON
import Postgres

/// `workport import`
enum ImportCommand {
    static let command = Subcommand(
        words: ["import"], summary: "Bring customers, companies, tasks, deals, tickets and invoices into a workspace",
        operands: "FILE.csv|FILE.jsonl|-",
        options: [
            .init("workspace", "WORKSPACE", "The workspace, by id or slug"),
            .init("kind", "KIND", "What all rows are, for a file without the column kind"),
            .init("format", "csv|jsonl", "How the file is written, where its name does not tell"),
            .init("keep-going", nil, "Store the good rows though others are refused (exit code 0 then)"),
            Subcommand.json,
        ],
        notes: notes, settings: Administration.settings, run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        let name = try flags.needed("workspace")
        guard let path = flags.operands.first, flags.operands.count == 1 else {
            throw UsageError("Name one file, or - for standard input.")
        }
        let kind = try flags.text("kind").map { text throws(UsageError) in
            guard let kind = ImportKind(word: text) else {
                throw UsageError("--kind is \(text); it can be \(ImportKind.words).")
            }
            return kind
        }
        let format = try format(flags, path)
        let blocks = try FileBlocks(path)
        let connection = try Administration.connect(try flags.settings())
        let workspace = try Administration.workspace(name, connection)
        let line = ProgressLine("Rows")
        let report = try Importer(connection, into: workspace).run(
            ImportFile(format: format, kind: kind) { try blocks.next() }, keepsGoing: flags.has("keep-going")
        ) { line.show($0, of: nil) }
        line.end()
        if flags.has("json") { Terminal.print(json(report).text) } else { show(report) }
        if !report.isStored { exit(1) }
    }

    private static func format(_ flags: Flags, _ path: String) throws(UsageError) -> ImportFile.Format {
        let word = flags.text("format") ?? path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if let format = ImportFile.Format(rawValue: word == "ndjson" ? "jsonl" : word) { return format }
        throw UsageError("--format tells how \(path) is written: csv or jsonl.")
    }

    // MARK: Report

    private static func counts(_ report: ImportReport) -> [(String, ImportReport.Counts)] {
        [
            ("customers", report.customers), ("companies", report[.company]), ("tasks", report.tasks),
            ("comments", report.comments), ("deals", report[.deal]), ("tickets", report[.ticket]),
            ("invoices", report[.invoice]), ("invoice_lines", report[.invoiceLine]),
        ]
    }

    private static func show(_ report: ImportReport) {
        for refusal in report.refusals { Terminal.print("line \(refusal.line): \(refusal.reason)") }
        if report.refused > report.refusals.count {
            Terminal.print("… and \(report.refused - report.refusals.count) more")
        }
        Terminal.print("\(report.rows) rows read, \(report.refused) refused")
        guard report.isStored else { return Terminal.print("Nothing was stored.") }
        for (name, counts) in counts(report) {
            Terminal.print(
                "\(name): \(counts.created) created, \(counts.updated) updated, \(counts.unchanged) unchanged"
            )
        }
    }

    private static func json(_ report: ImportReport) -> RawJSON {
        var members: [JSONMember] = [
            .init("stored", .bool(report.isStored)), .init("rows", .integer(Int64(report.rows))),
            .init("refused", .integer(Int64(report.refused))),
            .init(
                "refusals",
                .array(report.refusals.map { ["line": .integer(Int64($0.line)), "reason": .string($0.reason)] })
            ),
        ]
        // What was rolled back is not told as if it were there.
        for (name, counts) in counts(report) where report.isStored {
            members.append(
                .init(
                    name,
                    [
                        "created": .integer(Int64(counts.created)), "updated": .integer(Int64(counts.updated)),
                        "unchanged": .integer(Int64(counts.unchanged)),
                    ]
                )
            )
        }
        return RawJSON(.object(members))
    }

    // MARK: Help

    private static var notes: String {
        """
        Kinds: \(ImportKind.words); contact is another word for customer.

        Columns (CSV with a header, UTF-8, separated by commas, semicolons or tabs; or one JSON object a line)
        \(ImportColumn.all.map(column).joined(separator: "\n"))

        A column that is missing leaves what is stored as it is; an empty field empties it. Nothing is stored if any row is
        refused, unless --keep-going is given. The exit code is 1 when nothing was stored. Rows name each other by their keys, in any
        order. An invoice needs lines, which are rows of their own; once it is sent, its lines and parties stay as they are.
        """
    }

    private static func column(_ column: ImportColumn) -> String {
        let kinds =
            column.kinds.count == ImportKind.allCases.count
            ? "all"
            : column.kinds.count == ImportKind.allCases.count - 1 && !column.kinds.contains(.invoiceLine)
                ? "all but lines" : column.kinds.map(\.rawValue).joined(separator: ", ")
        return Help.line(column.name, Help.line(kinds, column.meaning, 18), 22)
    }
}

/// A file or standard input, a block at a time.
private final class FileBlocks {
    private let path: String
    private let file: Int32

    init(_ path: String) throws(Failure) {
        self.path = path
        file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("The file \(path) cannot be read: \(Failure.systemReason()).") }
    }

    deinit { if file > STDIN_FILENO { close(file) } }

    func next() throws(Failure) -> [UInt8]? {
        var failed = false
        let block = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
            let got = read(file, buffer.baseAddress, buffer.count)
            failed = got < 0
            count = max(0, got)
        }
        if failed { throw Failure("The file \(path) cannot be read: \(Failure.systemReason()).") }
        return block.isEmpty ? nil : block
    }
}
