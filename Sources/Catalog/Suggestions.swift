import Identity
import JSON
import Matching
import Postgres
import Tools

// How what people fill in goes on. Each look-up reads a bounded number of rows from an index, whatever was typed.

extension Suggestions {
    /// Numbers of tasks that begin with what was typed, the newest first.
    static let taskNumbers = Suggestions(showing: [Tool.listWorkspaceTasks.name]) { typed, workspace in
        let digits = String(typed.drop { $0 == "#" || $0 == " " })
        return Lookup([NumberRange.statement(NumberRange.all(beginning: digits), in: workspace)]) { results in
            results[0].strings
        }
    }

    /// Names of customers that begin with what was typed, or have a word that does; if none does, of those that a
    /// search for the name finds, however it is spelt.
    static let customerNames = Suggestions(showing: [Tool.searchWorkspaceTasks.name]) { typed, workspace in
        Lookup(
            [CustomerLookup.statement(of: "c.display_name", typed, in: workspace)],
            or: CustomerLookup.search(typed, for: "name")
        ) { $0[0].strings }
    }

    /// Identifiers of customers: of those that begin with what was typed, or of those whose names do, or are found by it.
    static let customerIDs = Suggestions(showing: [Tool.searchWorkspaceTasks.name]) { typed, workspace in
        let prefix = ResourceAddress.customerPrefix + "_"
        let id: SQL = "public_id('con', c.id)"
        if typed.hasPrefix(prefix) {
            let digits = String(typed.dropFirst(prefix.count))
            return Lookup([CustomerLookup.keys(of: id, beginning: digits, in: workspace)]) { $0[0].strings }
        }
        let named = CustomerLookup.statement(of: id, typed, in: workspace)
        // What may become an identifier yet is a name until then.
        guard !typed.isEmpty, prefix.hasPrefix(typed) else {
            return Lookup([named], or: CustomerLookup.search(typed, for: "id")) { $0[0].strings }
        }
        let recent = CustomerLookup.statement(of: id, "", in: workspace)
        return Lookup([named, recent]) { results in
            let first = results[0].strings
            return first + results[1].strings.filter { !first.contains($0) }
        }
    }
}

/// Numbers that are written with the same first digits.
private enum NumberRange {
    /// The ranges of all numbers that begin so, the largest first; all numbers if nothing was typed.
    static func all(beginning digits: String) -> [ClosedRange<Int64>] {
        guard !digits.isEmpty else { return [1...Parameter.largestInteger] }
        guard digits.utf8.count <= 16, digits.first != "0", digits.utf8.allSatisfy({ (48...57).contains($0) }),
            var first = Int64(digits), first <= Parameter.largestInteger
        else { return [] }
        var ranges: [ClosedRange<Int64>] = []
        var width: Int64 = 1
        while first <= Parameter.largestInteger {
            ranges.append(first...min(first + width - 1, Parameter.largestInteger))
            (first, width) = (first * 10, width * 10)
        }
        return ranges.reversed()
    }

    static func statement(_ ranges: [ClosedRange<Int64>], in workspace: SQL) -> SQL {
        """
        SELECT n.number
        FROM unnest(\(ranges.map(\.lowerBound))::bigint[], \(ranges.map(\.upperBound))::bigint[]) AS r (low, high)
        CROSS JOIN LATERAL (
            SELECT t.number, t.deleted_at FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.number >= r.low AND t.number <= r.high
            ORDER BY t.number DESC
            LIMIT \(verbatim: CustomerLookup.bound)
        ) AS n
        WHERE n.deleted_at IS NULL
        ORDER BY n.number DESC
        LIMIT \(verbatim: CustomerLookup.count)
        """
    }
}

/// Customers by the beginnings of their names or keys. A contact whom no task names is no customer.
private enum CustomerLookup {
    /// How many entries of an index a look-up reads at most.
    static let bound = "300"
    /// How many values it gives: one more than are sent, which tells that there are more.
    static let count = String(Suggestions.count + 1)

    private static let isCustomer: SQL = """
        c.deleted_at IS NULL AND EXISTS (
            SELECT FROM tasks AS t
            WHERE t.workspace_id = c.workspace_id AND t.customer_id = c.id AND t.deleted_at IS NULL
        )
        """

    /// Customers whose names begin with what was typed, then those with a later word that does; those of the tasks
    /// touched last if nothing was typed.
    static func statement(of value: SQL, _ typed: String, in workspace: SQL) -> SQL {
        guard let beginning = NameTurns.beginning(typed) else { return recent(value, in: workspace) }
        return """
            SELECT v.value
            FROM (
                SELECT DISTINCT ON (\(value)) \(value) AS value, n.is_turned, n.name
                FROM (
                    \(entries(isTurned: false, beginning, in: workspace))
                    UNION ALL \(entries(isTurned: true, beginning, in: workspace))
                ) AS n
                JOIN contacts AS c ON c.workspace_id = \(workspace) AND c.id = n.contact_id
                WHERE \(isCustomer)
                ORDER BY \(value), n.is_turned, n.name
            ) AS v
            ORDER BY v.is_turned, v.name, v.value
            LIMIT \(verbatim: CustomerLookup.count)
            """
    }

    /// The search for a customer whose name was not typed as it is written; a letter or two are no name yet.
    static func search(_ typed: String, for member: String) -> Suggestions.Search? {
        guard let beginning = NameTurns.beginning(typed), beginning.count > 2 else { return nil }
        return Suggestions.Search(
            Tool.searchWorkspaceTasks.name,
            ["customerName": .string(typed), "limit": .integer(Int64(Suggestions.count)), "fields": ["customer"]]
        ) { task in
            task["matched_on"]?.string == "customer_name" ? task["customer"]?[member]?.string : nil
        }
    }

    private static func entries(isTurned: Bool, _ beginning: String, in workspace: SQL) -> SQL {
        """
        (SELECT e.contact_id, e.is_turned, e.name FROM contact_names AS e
        WHERE e.workspace_id = \(workspace) AND e.is_turned = \(verbatim: isTurned ? "true" : "false")
            AND e.name >= \(beginning) AND e.name < \(beginning + "\u{10FFFF}")
        ORDER BY e.name, e.contact_id
        LIMIT \(verbatim: bound))
        """
    }

    private static func recent(_ value: SQL, in workspace: SQL) -> SQL {
        """
        SELECT \(value)
        FROM (
            SELECT p.customer_id, max(p.touched) AS touched
            FROM (
                SELECT t.customer_id, t.updated_at AS touched FROM tasks AS t
                WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL AND t.archived_at IS NULL
                ORDER BY t.updated_at DESC, t.id DESC
                LIMIT \(verbatim: bound)
            ) AS p
            GROUP BY p.customer_id
        ) AS r
        JOIN contacts AS c ON c.workspace_id = \(workspace) AND c.id = r.customer_id
        WHERE c.deleted_at IS NULL
        GROUP BY \(value)
        ORDER BY max(r.touched) DESC
        LIMIT \(verbatim: CustomerLookup.count)
        """
    }

    /// Customers whose keys begin with these digits.
    static func keys(of value: SQL, beginning digits: String, in workspace: SQL) -> SQL {
        let padding = 32 - digits.utf8.count
        guard padding >= 0, let low = RowID(uuid: digits + String(repeating: "0", count: padding)),
            let high = RowID(uuid: digits + String(repeating: "f", count: padding))
        else { return "SELECT NULL WHERE false" }
        return """
            SELECT \(value)
            FROM (
                SELECT k.workspace_id, k.id, k.deleted_at FROM contacts AS k
                WHERE k.workspace_id = \(workspace) AND k.id >= \(low)::uuid AND k.id <= \(high)::uuid
                ORDER BY k.id
                LIMIT \(verbatim: bound)
            ) AS c
            WHERE \(isCustomer)
            ORDER BY c.id
            LIMIT \(verbatim: CustomerLookup.count)
            """
    }
}

extension QueryResult {
    /// The texts of the first column.
    fileprivate var strings: [String] { (0..<rowCount).compactMap { string($0, 0) } }
}
