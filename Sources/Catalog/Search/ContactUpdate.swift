import Identity
import Matching
import Postgres
import Tools

/// Brings what is searched and completed of a contact in line with its row, in the transaction that changed it.
enum ContactUpdate {
    /// How many tasks are indexed anew for a changed name; a contact with more keeps the rest under the old name until
    /// they are touched or `workport reindex` runs.
    private static let taskBound = 1_000

    /// Computes the rows of a contact anew, and those of its tasks, which are found by its name and company.
    static func contact(_ contact: RowID, in call: ToolCall, _ transaction: borrowing Transaction) throws {
        let workspace = call.workspace
        let rows = try transaction.query(
            """
            SELECT CASE WHEN t.deleted_at IS NULL THEN t.display_name END, t.phone, t.mobile, t.work_phone, t.email,
                w.default_country
            FROM contacts AS t JOIN workspaces AS w ON w.id = t.workspace_id
            WHERE t.workspace_id = \(workspace) AND t.id = \(contact)::uuid
            """)
        let turns = rows.string(0, 0).map { Array(NameTurns.turns($0)) } ?? []
        let country = rows.string(0, 5).flatMap { PhoneCountry($0) }
        var phones: [String: StoredPhone] = [:]
        for number in (1...3).compactMap({ rows.string(0, $0) }) {
            if let phone = StoredPhone(number, country: country) { phones[phone.reversed] = phone }
        }
        let address = rows.string(0, 4).flatMap { EmailAddress($0) }
        let known = phones.values.sorted { $0.reversed < $1.reversed }
        let squeezed = address.map { EmailSearch.squeezed($0.local) } ?? ""
        _ = try transaction.queries([
            """
            DELETE FROM contact_names AS s WHERE s.workspace_id = \(workspace) AND s.contact_id = \(contact)::uuid
            """,
            """
            INSERT INTO contact_names (workspace_id, contact_id, is_turned, name)
            SELECT \(workspace), \(contact)::uuid, p.place > 1, p.name
            FROM unnest(\(turns)::text[]) WITH ORDINALITY AS p(name, place)
            ON CONFLICT DO NOTHING
            """,
            """
            DELETE FROM search_phones AS s WHERE s.workspace_id = \(workspace) AND s.contact_id = \(contact)::uuid
            """,
            """
            INSERT INTO search_phones (workspace_id, contact_id, reversed, national)
            SELECT \(workspace), \(contact)::uuid, p.reversed, p.national
            FROM unnest(\(known.map(\.reversed))::text[], \(known.map(\.national))::text[]) AS p(reversed, national)
            """,
            """
            DELETE FROM search_emails AS s WHERE s.workspace_id = \(workspace) AND s.contact_id = \(contact)::uuid
            """,
            """
            INSERT INTO search_emails (workspace_id, contact_id, local, domain, squeezed)
            SELECT \(workspace), \(contact)::uuid, p.local, p.domain, p.squeezed
            FROM unnest(\(address.map { [$0.local] } ?? [])::text[], \(address.map { [$0.domain] } ?? [])::text[],
                \(address.map { _ in [squeezed] } ?? [])::text[]) AS p(local, domain, squeezed)
            """,
            """
            INSERT INTO search_words (workspace_id, word)
            SELECT \(workspace), p.word
            FROM unnest(\(squeezed.isEmpty ? [] : [StoredWord(.local, Array(squeezed.utf8)).text])::text[]) AS p(word)
            WHERE NOT EXISTS (SELECT FROM search_words AS s WHERE s.workspace_id = \(workspace) AND s.word = p.word)
            """,
        ])
        let tasks = try transaction.query(
            """
            SELECT t.id FROM tasks AS t
            WHERE t.workspace_id = \(workspace) AND t.customer_id = \(contact)::uuid
            ORDER BY t.id LIMIT \(Int64(taskBound))::bigint FOR NO KEY UPDATE
            """)
        for row in 0..<tasks.rowCount { try SearchUpdate.task(tasks.string(row, 0) ?? "", in: call, transaction) }
    }

    /// Computes the rows of a company's tasks and contacts anew, which are found by its name.
    static func company(_ company: RowID, in call: ToolCall, _ transaction: borrowing Transaction) throws {
        let tasks = try transaction.query(
            """
            SELECT t.id FROM tasks AS t
            WHERE t.workspace_id = \(call.workspace) AND t.company_id = \(company)::uuid
            UNION
            SELECT t.id FROM contacts AS c
            JOIN tasks AS t ON t.workspace_id = c.workspace_id AND t.customer_id = c.id
            WHERE c.workspace_id = \(call.workspace) AND c.company_id = \(company)::uuid
            ORDER BY id LIMIT \(Int64(taskBound))::bigint
            """)
        for row in 0..<tasks.rowCount { try SearchUpdate.task(tasks.string(row, 0) ?? "", in: call, transaction) }
        let contacts = try transaction.query(
            """
            SELECT c.id FROM contacts AS c
            WHERE c.workspace_id = \(call.workspace) AND c.company_id = \(company)::uuid AND c.deleted_at IS NULL
            ORDER BY c.id LIMIT \(Int64(taskBound))::bigint FOR NO KEY UPDATE
            """)
        for row in 0..<contacts.rowCount {
            guard let contact = contacts.string(row, 0).flatMap(RowID.init(uuid:)) else { continue }
            try RecordUpdate.record(.contact, contact, in: call, transaction)
        }
    }
}
