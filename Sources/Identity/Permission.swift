/// Something that a credential may be allowed to do, such as `update_contacts`.
///
/// The list is closed: `read_`, `create_`, `update_`, `delete_` and `approve_` with the name of what it is about.
package struct Permission: Sendable, Hashable {
    package let name: String

    private init(unchecked name: String) { self.name = name }

    /// Reads a permission's name; `nil` if there is no such permission.
    package init?(_ name: String) {
        guard Self.names.contains(name) else { return nil }
        self.init(unchecked: name)
    }

    package static func read(_ subject: String) -> Permission { known("read_" + subject) }
    package static func create(_ subject: String) -> Permission { known("create_" + subject) }
    package static func update(_ subject: String) -> Permission { known("update_" + subject) }
    package static func delete(_ subject: String) -> Permission { known("delete_" + subject) }

    private static func known(_ name: String) -> Permission {
        guard let permission = Permission(name) else {
            preconditionFailure(
                "There is no permission \(name): what it is about and the verb belong into `subjects` in Permission.swift."
            )
        }
        return permission
    }

    /// Whether nothing changes with it.
    package var isReading: Bool { name.hasPrefix("read_") }

    /// All permissions, in the order in which people are shown them.
    package static let all: [Permission] = subjects.flatMap { subject, verbs in
        verbs.split(separator: " ").map { Permission(unchecked: "\($0)_\(subject)") }
    }

    private static let names = Set(all.map(\.name))

    /// What permissions are about, and the verbs that there are for it.
    private static let subjects: [(String, String)] = [
        ("tasks", "read create update delete"), ("comments", "read create update delete"),
        ("customer_comments", "create"), ("contacts", "read create update delete"),
        ("companies", "read create update delete"), ("deals", "read create update delete"),
        ("activities", "read create update"), ("pipeline", "read"), ("dashboard", "read"),
        ("invoices", "read create update delete"), ("products", "read"),
        ("quotations", "read create update delete"), ("tickets", "read create update"), ("ticket_replies", "create"),
        ("projects", "read create update delete"), ("phases", "read create update delete"),
        ("time_allocations", "read create update delete"), ("messages", "read create update delete"),
        ("wiki", "read create update delete"), ("teams", "read create update delete"),
        ("expenses", "read create update approve"), ("jobs", "read"), ("candidates", "read update"),
        ("knowledge_base", "read"), ("organizations", "read create update"), ("workflows", "read create update"),
        ("automation", "read create update delete"), ("audit", "read update"), ("processes", "read create approve"),
        ("stock", "read create update delete"), ("business_lines", "read create update delete"),
        ("chat", "read create update delete"), ("notifications", "read update create"),
        ("webhooks", "read create update delete"), ("custom_fields", "read create update delete"),
        ("custom_field_values", "update"), ("time", "read create update delete approve"),
        ("members", "create update"), ("roles", "read create update delete"), ("labels", "read create update delete"),
        ("files", "read create update delete"), ("milestones", "read create update delete"),
        ("sprints", "read create update delete"), ("checklists", "read create update delete"),
        ("templates", "read create update delete"), ("forms", "read create update delete"),
        ("calendar", "read create update delete"), ("goals", "read create update delete"),
        ("budgets", "read create update"), ("reports", "read create update delete"),
        ("views", "read create update delete"),
    ]
}
