import Identity
import JSON
import TestSupport
import Testing

@Suite("searchWorkspaceTasks")
struct SearchTests {
    /// One workspace for all rows of the table; nothing here writes.
    private static let prepared = Result { () throws -> (Bench, TestWorkspace) in
        let bench = try Bench.shared.get()
        let workspace = try bench.workspace("Quarry") { $0.country = "US" }
        let tasks: [Contents.TaskText] = [
            .init(
                number: 1042, title: "Furnace repair", description: "The furnace makes a noise at night.",
                customer: .init(name: "Rémi Lefèvre", email: "remi.l@example.com", phone: "+1 (703) 597-4534")
            ),
            .init(
                number: 2001, title: "Kitchen tap", status: "done",
                customer: .init(name: "Remi Novak", email: "Info@Novak.Example", phone: "703-597-9999")
            ),
            .init(
                number: 2002, title: "Kitchen sink",
                customer: .init(name: "Jürgen Groß", email: "j.gross@example.org", phone: "001 202 555 0143")
            ),
            .init(
                number: 2003, title: "Garden fence", labels: ["urgent-lane"],
                answers: #"{"colour": "forest green"}"#,
                customer: .init(
                    name: "Łukasz Żak", email: "zak@bigcorp.example", phone: "+49 30 901820", company: "Bigcorp Ltd")
            ),
            .init(
                number: 4534, title: "Roof window",
                description: String(repeating: "word ", count: 200) + "zebra " + String(repeating: "tail ", count: 100)),
        ]
        _ = try workspace.add(tasks, on: try bench.database.connect(as: .owner))
        return (bench, workspace)
    }

    private static func search(_ arguments: JSONValue) throws -> ToolReply {
        let (bench, workspace) = try prepared.get()
        return try bench.client(workspace).call("searchWorkspaceTasks", arguments)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: JSONValue
        /// The tasks that are found, the best first.
        let found: [Int64]
        /// What the first one matched on, where that is said.
        let matchedOn: String?

        init(_ arguments: JSONValue, _ found: [Int64], _ matchedOn: String? = nil) {
            self.arguments = arguments
            self.found = found
            self.matchedOn = matchedOn
        }

        var testDescription: String { arguments.text }
    }

    private static let cases = [
        // Marks, cases and special letters; the newest first.
        Case(["query": "remi"], [2001, 1042], "customer_name"),
        Case(["query": "RÉMI"], [2001, 1042], "customer_name"),
        Case(["query": "lefevre"], [1042]),
        Case(["query": "gross"], [2002]),
        Case(["query": "Groß"], [2002]),
        Case(["query": "lukasz zak"], [2003]),
        Case(["query": "ŁUKASZ"], [2003]),
        // Words as beginnings, all of them.
        Case(["query": "kitch"], [2002, 2001], "title"),
        Case(["query": "kitchen tap"], [2001]),
        Case(["query": "furnace night"], [1042]),
        Case(["query": "forest"], [2003], "answers"),
        Case(["query": "bigcorp"], [2003]),
        Case(["query": "zebra"], [4534], "description"),
        // Phone numbers in any punctuation.
        Case(["query": "7035974534"], [1042], "phone"),
        Case(["query": "(703) 597-4534"], [1042], "phone"),
        Case(["query": "001 703 597 4534"], [1042], "phone"),
        Case(["query": "+1 703.597.4534"], [1042], "phone"),
        Case(["query": "597-4534"], [1042], "phone"),
        Case(["phone": "97-4534"], [1042], "phone"),
        Case(["phone": "2025550143"], [2002], "phone"),
        Case(["phone": "030 901820"], [2003], "phone"),
        // One digit wrong, where no number is as typed; two are none.
        Case(["query": "7035974533"], [1042], "phone"),
        Case(["query": "7035974522"], []),
        // A task's number comes first, numbers that end so behind it.
        Case(["query": "1042"], [1042], "number"),
        Case(["query": "#1042"], [1042], "number"),
        Case(["query": "4534"], [4534, 1042], "number"),
        Case(["query": "#4534"], [4534], "number"),
        Case(["taskNumber": 2003], [2003], "number"),
        Case(["taskNumber": "#2003"], [2003], "number"),
        Case(["query": "9999"], [2001], "phone"),
        Case(["query": "#9999"], []),
        // Addresses: whole, local part, domain.
        Case(["query": "remi.l@example.com"], [1042], "email"),
        Case(["email": "REMI.L@EXAMPLE.COM"], [1042], "email"),
        Case(["email": "info"], [2001], "email"),
        Case(["email": "@bigcorp.example"], [2003], "email"),
        Case(["email": "remi.l@example.org"], []),
        // Named facts, all of which must hold.
        Case(["customerName": "Remi", "status": "done"], [2001], "customer_name"),
        Case(["customerName": "Remi", "phone": "5974534"], [1042]),
        Case(["customerName": "Novak", "phone": "5974534"], []),
        Case(["query": "kitchen", "customerName": "Jürgen"], [2002]),
        Case(["query": "kitchen", "status": "cancelled"], []),
        // What is near, where nothing is as typed.
        Case(["query": "lefevbre remi"], [1042], "customer_name"),
        Case(["query": "juergen gross"], [2002], "customer_name"),
        Case(["query": "Furnase night"], [1042], "description"),
        Case(["query": "remi.l@exmaple.com"], [1042], "email"),
        Case(["query": "big corp limited"], [2003], "company"),
        Case(["query": "nothing of this kind"], []),
    ]

    @Test("finds tasks by whatever is known of them", arguments: cases)
    func table(row: Case) throws {
        let reply = try Self.search(row.arguments)
        #expect(!reply.isError, "\(reply.answer.text)")
        #expect(reply.items.compactMap { $0["number"]?.integer } == row.found)
        if let matchedOn = row.matchedOn { #expect(reply.items.first?["matched_on"]?.string == matchedOn) }
        #expect(reply.items.allSatisfy { $0["matched_on"]?.string != nil })
        if row.found.isEmpty {
            #expect(reply.structured["tried"]?.elements.isEmpty == false)
            #expect(reply.structured["hint"]?.string?.isEmpty == false)
        }
    }

    @Test("says when a task lacks one of many words")
    func relaxed() throws {
        let reply = try Self.search(["query": "roof window zebra rainbow"])
        #expect(reply.items.compactMap { $0["number"]?.integer } == [4534])
        #expect(reply.structured["relaxed"] == true)
        #expect(try Self.search(["query": "zebra"]).structured["relaxed"] == nil)
        #expect(try Self.search(["query": "zebra rainbow"]).items.isEmpty)
    }

    @Test("tells a guess from what was typed")
    func certainty() throws {
        let guess = try #require(try Self.search(["query": "lefevbre remi"]).items.first)
        #expect(guess["match"] == "similar")
        #expect(guess["matched_value"] == "lefevre")
        let exact = try #require(try Self.search(["query": "Lefèvre, Rémi"]).items.first)
        #expect(exact["match"] == "exact")
        #expect(exact["matched_value"] == nil)
        let digits = try #require(try Self.search(["query": "7035974533"]).items.first)
        #expect(digits["match"] == "similar")
        #expect(digits["matched_value"] == "17035974534")
    }

    @Test("shows a short piece of a long text around what matched")
    func excerpt() throws {
        let excerpt = try Self.search(["query": "zebra"]).items.first?["excerpt"]?.string ?? ""
        #expect(excerpt.contains("zebra"))
        #expect(excerpt.count <= 160)
    }

    @Test("keeps its order over pages")
    func pages() throws {
        let (bench, workspace) = try Self.prepared.get()
        let client = try bench.client(workspace)
        let whole = try client.call("searchWorkspaceTasks", ["query": "Quarry", "limit": 100]).items
        var walked: [JSONValue] = []
        var arguments: JSONValue = ["query": "Quarry", "limit": 1]
        while true {
            let reply = try client.call("searchWorkspaceTasks", arguments)
            walked += reply.items
            guard let cursor = reply.structured["next_cursor"] else { break }
            arguments = arguments.adding("cursor", cursor)
        }
        #expect(walked == whole)
        #expect(whole.count == 4)
    }

    @Test(
        "takes no text for a command",
        arguments: [
            "' OR '1'='1", "kitchen:*", "kitchen & !tap", "\\", "%", "kit_hen", "'", "\"", "kitchen | furnace", "$1",
            "((((",
            "a\u{202E}b kitchen", "\u{1F600}\u{1F600}", String(repeating: "kitchen ", count: 120), "<->", "k:A",
        ]
    )
    func hostile(query: String) throws {
        let reply = try Self.search(["query": .string(query)])
        #expect(reply.answer.status == 200)
        #expect(reply.code == nil || reply.code == "validation_failed", "\(reply.answer.text)")
        #expect(!reply.items.contains { $0["number"] == 4534 })
    }
}
