import Identity
import JSON
import Matching
import Postgres
import Tools

/// Contacts who may be the same person, because they have a phone number, an address or a whole name together.
struct SameContacts: Sendable {
    /// Why a contact may be the same.
    enum Reason: String, Sendable {
        case email = "same e-mail"
        case phone = "same phone number"
        case name = "same name"
        case nearName = "similar name"
    }

    let call: ToolCall

    /// How many others are looked at for each reason.
    private static let bound = 20

    /// Others that have one of these: rows of key, reasons with blanks between, and the contact as lists show it.
    ///
    /// - Parameter key: The contact itself, which is none of the others.
    func statement(phones: [StoredPhone], emails: [EmailAddress], name: String?, except key: String?) -> SQL {
        let workspace = call.workspace
        return """
            SELECT f.id::text, string_agg(DISTINCT f.reason, '|'), \(item("f.id"))
            FROM (
                SELECT n.id, 'phone' AS reason
                FROM unnest(\(phones.map(\.reversed))::text[], \(phones.map(\.national))::text[]) AS x(reversed, national)
                CROSS JOIN LATERAL (
                    SELECT s.contact_id AS id FROM search_phones AS s
                    WHERE s.workspace_id = \(workspace) AND s.national = x.national
                        AND (s.reversed = x.reversed OR length(s.reversed) <> length(x.reversed))
                    LIMIT \(verbatim: String(Self.bound))
                ) AS n
                UNION ALL
                SELECT n.id, 'email' FROM unnest(\(emails.map(\.local))::text[], \(emails.map(\.domain))::text[])
                    AS x(local, domain)
                CROSS JOIN LATERAL (
                    SELECT s.contact_id AS id FROM search_emails AS s
                    WHERE s.workspace_id = \(workspace) AND s.local = x.local AND s.domain = x.domain
                    LIMIT \(verbatim: String(Self.bound))
                ) AS n
                UNION ALL
                (SELECT s.contact_id, 'name' FROM contact_names AS s
                WHERE s.workspace_id = \(workspace) AND NOT s.is_turned AND s.name = \(name)
                LIMIT \(verbatim: String(Self.bound)))
            ) AS f
            JOIN contacts AS t ON t.workspace_id = \(workspace) AND t.id = f.id AND t.deleted_at IS NULL
            WHERE f.id IS DISTINCT FROM \(key)::uuid
            GROUP BY f.id
            ORDER BY count(DISTINCT f.reason) DESC, f.id DESC
            LIMIT \(verbatim: String(Self.bound))
            """
    }

    /// The newest contacts behind a place, and for each the older ones that have something with it together: rows of the
    /// key, the contact, and key, reasons and contact of the other, if there is one.
    func pairs(after key: String?, examined: Int) -> SQL {
        let workspace = call.workspace
        let most = "5"
        return """
            SELECT e.id::text, CASE WHEN d.id IS NOT NULL THEN \(item("e.id")) END, d.id::text, d.reasons,
                CASE WHEN d.id IS NOT NULL THEN \(item("d.id")) END
            FROM (
                SELECT t.id FROM contacts AS t
                WHERE t.workspace_id = \(workspace) AND t.deleted_at IS NULL
                    AND t.id < coalesce(\(key)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                ORDER BY t.id DESC LIMIT \(examined)::bigint
            ) AS e
            LEFT JOIN LATERAL (
                SELECT f.id, string_agg(DISTINCT f.reason, '|') AS reasons FROM (
                    SELECT n.id, 'phone' AS reason FROM search_phones AS m
                    CROSS JOIN LATERAL (
                        SELECT s.contact_id AS id FROM search_phones AS s
                        WHERE s.workspace_id = \(workspace) AND s.national = m.national AND s.contact_id < e.id
                            AND (s.reversed = m.reversed OR length(s.reversed) <> length(m.reversed))
                        LIMIT \(verbatim: most)
                    ) AS n
                    WHERE m.workspace_id = \(workspace) AND m.contact_id = e.id AND length(m.national) >= 6
                    UNION ALL
                    SELECT n.id, 'email' FROM search_emails AS m
                    CROSS JOIN LATERAL (
                        SELECT s.contact_id AS id FROM search_emails AS s
                        WHERE s.workspace_id = \(workspace) AND s.local = m.local AND s.domain = m.domain
                            AND s.contact_id < e.id
                        LIMIT \(verbatim: most)
                    ) AS n
                    WHERE m.workspace_id = \(workspace) AND m.contact_id = e.id
                    UNION ALL
                    SELECT n.id, 'name' FROM contact_names AS m
                    CROSS JOIN LATERAL (
                        SELECT s.contact_id AS id FROM contact_names AS s
                        WHERE s.workspace_id = \(workspace) AND NOT s.is_turned AND s.name = m.name
                            AND s.contact_id < e.id
                        LIMIT \(verbatim: most)
                    ) AS n
                    WHERE m.workspace_id = \(workspace) AND m.contact_id = e.id AND NOT m.is_turned
                ) AS f
                JOIN contacts AS t ON t.workspace_id = \(workspace) AND t.id = f.id AND t.deleted_at IS NULL
                GROUP BY f.id ORDER BY f.id DESC LIMIT \(verbatim: most)
            ) AS d ON true
            ORDER BY e.id DESC, d.id DESC
            """
    }

    /// What a contact is known by, in one row: its name and address, its numbers from right to left and as they are
    /// dialled inside of their country, and the contact as lists show it.
    func facts(of contact: RowID) -> SQL {
        """
        SELECT e.display_name, e.email, \(item("e.id")),
            (SELECT string_agg(s.reversed || '/' || s.national, ' ') FROM search_phones AS s
                WHERE s.workspace_id = e.workspace_id AND s.contact_id = e.id AND length(s.national) >= 6)
        FROM contacts AS e
        WHERE e.workspace_id = \(call.workspace) AND e.id = \(contact)::uuid AND e.deleted_at IS NULL
        """
    }

    private func item(_ key: SQL) -> SQL { RowFilters(.contact, call).item(key, Self.fields) }

    /// What is shown of a contact.
    static let fields = ["name", "type", "email", "phone", "mobile", "work_phone", "company", "created_at"]

    /// Where that is text of outsiders.
    static let untrusted = Entity.contact.untrusted(isInList: true, fields)

    /// The reasons that ``statement(phones:emails:name:except:)`` gives.
    static func reasons(_ text: String?) -> [Reason] {
        (text ?? "").split(separator: "|").compactMap { word in
            switch word {
            case "email": .email
            case "phone": .phone
            case "name": .name
            default: nil
            }
        }
    }

    /// A contact with the reasons why it may be the same.
    static func item(_ contact: [UInt8], _ reasons: [Reason]) -> [UInt8] {
        var extra = JSONWriter()
        extra.beginObject()
        extra.write("reasons", .array(reasons.map { .string($0.rawValue) }))
        extra.endObject()
        return contact.dropLast() + [UInt8(ascii: ",")] + extra.bytes.dropFirst()
    }
}
