import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// `search_contacts`, `search_companies` and `search_all`.
@Suite("A search among contacts, companies and all")
struct RecordSearchTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Sorrel") { $0.country = "GB" }
        client = try bench.client(workspace, profile: .all)
    }

    /// Contacts and companies that no task names, all made through the tools.
    private func fill() throws {
        let acme = try create(
            "company", ["name": "Acme Plumbing Ltd", "industry": "Heating", "phone": "020 7946 0018"])
        _ = try create(
            "company",
            [
                "name": "Vandyke Timber", "industry": "Forestry", "website": "https://www.oakandash.example/about",
                "email": "office@vandyke.example", "code": "VT-77",
            ])
        let people: [JSONValue] = [
            [
                "first_name": "William", "last_name": "Tubbs", "phone": "+1 (703) 597-4534",
                "job_title": "Quantity surveyor",
                "email": "william.tubbs@example.com", "company": acme["id"] ?? .null,
            ],
            ["first_name": "Elizabeth", "last_name": "Stephenson", "mobile": "+44 7700 900123", "type": "supplier"],
            ["first_name": "Ivan", "last_name": "Щербаков", "work_phone": "+7 912 345-67-89"],
            ["first_name": "Olga", "last_name": "Jacková", "email": "olga@example.org", "city": "Brno"],
        ]
        for person in people { _ = try create("contact", person) }
    }

    @Test("finds contacts that no task names, by whatever is remembered of them")
    func contacts() throws {
        try fill()
        let cases: [(String, [String], String, String)] = [
            ("Tubbs", ["William Tubbs"], "name", "exact"), ("bill tubbs", ["William Tubbs"], "name", "similar"),
            ("tubbs wiliam", ["William Tubbs"], "name", "similar"),
            ("stephenson elizbeth", ["Elizabeth Stephenson"], "name", "similar"),
            ("shcherbakov", ["Ivan Щербаков"], "name", "similar"), ("JACKOVA", ["Olga Jacková"], "name", "exact"),
            ("7035974534", ["William Tubbs"], "phone", "exact"),
            ("001 703 597 4534", ["William Tubbs"], "phone", "exact"),
            ("7035974543", ["William Tubbs"], "phone", "similar"),
            ("07700 900123", ["Elizabeth Stephenson"], "phone", "exact"),
            ("8 (912) 345-67-89", ["Ivan Щербаков"], "phone", "exact"),
            ("william.tubbs@exmaple.com", ["William Tubbs"], "email", "similar"),
            ("@example.org", ["Olga Jacková"], "email", "exact"),
            ("surveyors", ["William Tubbs"], "job_title", "exact"),
            ("acme plumbing", ["William Tubbs"], "company", "exact"), ("olga brno", ["Olga Jacková"], "name", "exact"),
            ("tubbs brno", [], "", ""), ("Qvortexsson", [], "", ""), ("7035974522", [], "", ""),
        ]
        for (query, names, field, match) in cases {
            let reply = try client.call("search_contacts", ["query": .string(query)])
            #expect(!reply.isError, "\(query): \(reply.answer.text)")
            #expect(reply.items.compactMap { $0["name"]?.string } == names, "\(query): \(reply.structured.text)")
            guard let item = reply.items.first else {
                #expect(reply.structured["tried"] != nil && reply.structured["hint"] != nil, "\(query)")
                continue
            }
            #expect(item["matched_on"]?.string == field, "\(query): \(item.text)")
            #expect(item["match"]?.string == match, "\(query): \(item.text)")
            #expect((item["matched_value"] != nil) == (match == "similar") || field != "name", "\(query): \(item.text)")
        }
    }

    @Test("finds companies by name without its legal form, industry, number, address, website and code")
    func companies() throws {
        try fill()
        let cases: [(String, String, String)] = [
            ("acme plumbing limited", "Acme Plumbing Ltd", "name"), ("acme plumbin", "Acme Plumbing Ltd", "name"),
            ("van dyke", "Vandyke Timber", "name"), ("+44 20 7946 0018", "Acme Plumbing Ltd", "phone"),
            ("02079460018", "Acme Plumbing Ltd", "phone"), ("office@vandyke.example", "Vandyke Timber", "email"),
            ("forestry", "Vandyke Timber", "industry"), ("vt-77", "Vandyke Timber", "code"),
            ("oakandash.example", "Vandyke Timber", "website"),
        ]
        for (query, name, field) in cases {
            let reply = try client.call("search_companies", ["query": .string(query)])
            #expect(reply.items.first?["name"]?.string == name, "\(query): \(reply.structured.text)")
            #expect(reply.items.first?["matched_on"]?.string == field, "\(query): \(reply.structured.text)")
        }
        #expect(try client.call("search_companies", ["query": "Tubbs"]).items == [])
    }

    @Test("is narrowed by the filters of the list, shows the fields that are asked for, and goes page by page")
    func filters() throws {
        for number in 0..<25 {
            _ = try create(
                "contact",
                [
                    "first_name": "Ottoline", "last_name": .string("Pike \(number)"),
                    "type": number == 3 ? "lead" : "client",
                ])
        }
        let one = try client.call(
            "search_contacts", ["query": "otoline", "type": "lead", "fields": ["name"]])
        #expect(one.items.map { $0["name"] } == ["Ottoline Pike 3"])
        #expect(one.items.first?["type"] == nil)
        let none = try client.call("search_contacts", ["query": "ottoline", "type": "supplier"])
        #expect(none.items == [] && none.structured["hint"]?.string?.contains("filters") == true)
        let member = try client.call("search_contacts", ["query": "ottoline", "owner": "nobody@example.com"])
        #expect(member.code == "validation_failed" && member.message.contains("owner"))
        var (seen, cursor): ([String], JSONValue?) = ([], nil)
        repeat {
            var arguments: JSONValue = ["query": "ottoline", "limit": 10]
            if let cursor { arguments = arguments.adding("cursor", cursor) }
            let page = try client.call("search_contacts", arguments)
            seen += page.items.compactMap { $0["id"]?.string }
            cursor = page.structured["next_cursor"]
        } while cursor != nil
        #expect(seen.count == 25 && Set(seen).count == 25)
    }

    @Test("follows every write at once: a change, a company's new name, a deletion, and what takes it back")
    func writes() throws {
        try fill()
        let names = { (query: String) throws -> [String] in
            try client.call("search_contacts", ["query": .string(query)]).items.compactMap { $0["name"]?.string }
        }
        let tubbs = try #require(try client.call("search_contacts", ["query": "tubbs"]).items.first?["id"])
        _ = try client.call("update_contact", ["id": tubbs, "last_name": "Wolfeschlegel", "phone": "+1 202 555 0188"])
        #expect(try names("Tubbs") == [] && names("7035974534") == [])
        #expect(try names("Wolfeschlegel") == ["William Wolfeschlegel"] && names("2025550188").count == 1)
        let acme = try #require(try client.call("search_companies", ["query": "acme"]).items.first?["id"])
        _ = try client.call("update_company", ["id": acme, "name": "Zenith Boilers"])
        #expect(try names("acme plumbing") == [] && names("zenith boilers") == ["William Wolfeschlegel"])
        let deleted = try client.call("delete_contact", ["id": tubbs])
        #expect(try names("Wolfeschlegel") == [])
        _ = try client.call("undo_action", ["undo_token": deleted.structured["undo_token"] ?? .null])
        #expect(try names("Wolfeschlegel") == ["William Wolfeschlegel"])
    }

    @Test("finds by rows that a reindex makes as by those that the writes made")
    func reindex() throws {
        try fill()
        let connection = try bench.database.connect(as: .superuser)
        let digest: SQL = """
            SELECT md5(string_agg(r.line, '|' ORDER BY r.line)), count(*)::text FROM (
                SELECT to_jsonb(s)::text AS line FROM search_records AS s WHERE s.workspace_id = \(workspace.id.uuid)::uuid
                UNION ALL SELECT to_jsonb(s)::text FROM search_record_phones AS s
                WHERE s.workspace_id = \(workspace.id.uuid)::uuid
                UNION ALL SELECT to_jsonb(s)::text FROM search_record_emails AS s
                WHERE s.workspace_id = \(workspace.id.uuid)::uuid
            ) AS r
            """
        let before = try connection.query(digest)
        let owner = try bench.database.connect(as: .owner)
        for table in ["search_records", "search_record_phones", "search_record_emails"] {
            _ = try connection.query("DELETE FROM \(verbatim: table) WHERE workspace_id = \(workspace.id.uuid)::uuid")
        }
        _ = try connection.query(
            "UPDATE search_indexes SET version = 1 WHERE workspace_id = \(workspace.id.uuid)::uuid")
        try SearchIndex(owner).complete(workspace.id)
        let after = try connection.query(digest)
        #expect(before.string(0, 0) == after.string(0, 0) && before.string(0, 1) == after.string(0, 1))
        #expect(try SearchIndex(owner).outdated().contains { $0.uuid == workspace.id.uuid } == false)
    }

    // MARK: All

    @Test("over all kinds gives each with its type, those of one type on wish, and says where there is more")
    func all() throws {
        try fill()
        let reply = try client.call("search_all", ["query": "Sorrel", "limit": 1])
        let searched = Catalog.entityList.filter { $0.search != nil }
        let kinds = ["task"] + searched.map(\.name)
        #expect(kinds.starts(with: ["task", "contact", "company", "deal", "ticket", "project", "candidate"]))
        #expect(reply.items.compactMap { $0["entity"]?.string } == kinds)
        let types = JSONValue.array(["tasks"] + searched.map { .string($0.plural) })
        #expect(reply.structured["searched"] == types && reply.structured["more"] == types)
        let some = try client.call("search_all", ["query": "7035974543", "types": ["contacts"], "fields": ["name"]])
        #expect(some.items.map { $0["name"] } == ["William Tubbs"] && some.items[0]["match"] == "similar")
        #expect(some.items[0]["email"] == nil)
        let nothing = try client.call("search_all", ["query": "Qvortexsson"])
        #expect(nothing.items == [] && nothing.structured["tried"] != nil && nothing.structured["hint"] != nil)
        #expect(try client.call("search_all", ["query": "!"]).code == "validation_failed")
    }

    @Test("over all kinds finds what is sold, asked, planned and who applies, by words, errors and numbers")
    func others() throws {
        let deal = try create(
            "deal",
            [
                "title": "Boiler for the annexe", "value": ["amount": 100, "currency": "EUR"], "labels": ["winter"],
                "stage": .string(workspace.rows["stg"] ?? ""),
            ])
        let ticket = try create("ticket", ["title": "Radiator is cold", "description": "Since the thermostat moved."])
        let project: JSONValue = .string(workspace.rows["prj"] ?? "")
        _ = try bench.value(
            """
            WITH renamed AS (
                UPDATE projects SET title = 'Harbour refurbishment'
                WHERE workspace_id = \(workspace.id.uuid)::uuid
                    AND id = \(RowID(workspace.rows["prj"] ?? "", prefix: "prj")?.digits)::uuid
                RETURNING 1
            )
            SELECT count(*) FROM renamed
            """)
        _ = try bench.value(
            """
            WITH renamed AS (
                UPDATE candidates SET phone = '+1 (703) 555-0142', email = 'ottoline.pike@example.com',
                    last_name = 'Pike', first_name = 'Ottoline', skills = '{welding}'
                WHERE workspace_id = \(workspace.id.uuid)::uuid
                    AND id = \(RowID(workspace.rows["can"] ?? "", prefix: "can")?.digits)::uuid
                RETURNING 1
            )
            SELECT count(*) FROM renamed
            """)
        try SearchIndex(bench.database.connect(as: .owner)).rebuild(workspace.id)
        let number = ticket["number"]?.string ?? ""
        let planned = try client.call("get_project", ["id": project]).item["number"]?.string ?? ""
        let cases: [(String, String, JSONValue?)] = [
            ("annexe boiler", "deal", deal["id"]), ("boyler annexe", "deal", deal["id"]),
            ("winter boiler", "deal", deal["id"]), ("radiator", "ticket", ticket["id"]),
            ("thermostat moved", "ticket", ticket["id"]), (number, "ticket", ticket["id"]),
            (number.lowercased().replacing("-", with: " "), "ticket", ticket["id"]),
            ("harbor refurbishment", "project", project), (planned, "project", project),
            ("pike otoline", "candidate", .string(workspace.rows["can"] ?? "")),
            ("703 555 0142", "candidate", .string(workspace.rows["can"] ?? "")),
            ("ottoline.pike@example.com", "candidate", .string(workspace.rows["can"] ?? "")),
            ("welding", "candidate", .string(workspace.rows["can"] ?? "")),
        ]
        for (query, entity, id) in cases {
            let reply = try client.call("search_all", ["query": .string(query)])
            #expect(reply.items.map { $0["entity"]?.string } == [entity], "\(query): \(reply.structured.text)")
            #expect(reply.items.first?["id"] == id, "\(query)")
        }
        _ = try client.call("update_ticket", ["id": ticket["id"] ?? .null, "title": "Towel rail is cold"])
        #expect(try client.call("search_all", ["query": "radiator"]).items == [])
        #expect(try client.call("search_all", ["query": "towel rail"]).items.first?["id"] == ticket["id"])
    }

    @Test("over all kinds leaves out what the caller may not read")
    func permissions() throws {
        try fill()
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.permissions = ["read_projects", "read_companies"]
        }
        let caller = try bench.service.client(workspace, token)
        let reply = try caller.call("search_all", ["query": "Acme Plumbing"])
        #expect(
            reply.items.map { $0["entity"] } == ["company"]
                && reply.structured["searched"] == ["companies", "projects"])
        #expect(try caller.call("search_all", ["query": "Tubbs"]).items == [])
        #expect(try caller.call("search_contacts", ["query": "Tubbs"]).rpcCode == -32602)
    }

    @Test("over all kinds waits for nobody when what the caller may not read would have brought the words")
    func permissionsAtFirst() throws {
        // Nobody has searched here, so the first kind is the one that reads the workspace's words.
        let fresh = try bench.workspace("Sedge")
        let token = try bench.token(for: fresh) {
            $0.profile = .all
            $0.permissions = ["read_projects", "read_companies", "read_contacts"]
        }
        let reply = try bench.service.client(fresh, token).call("search_all", ["query": "sedgge"])
        #expect(!reply.isError, "\(reply.answer.text)")
        #expect(reply.structured["searched"] == ["contacts", "companies", "projects"])
    }

    @Test("never shows rows of another workspace, not even by the same names and numbers")
    func isolation() throws {
        try fill()
        let other = try bench.workspace("Tansy") { $0.country = "GB" }
        let stranger = try bench.client(other, profile: .all)
        for query in ["Tubbs", "bill tubbs", "7035974534", "7035974543", "william.tubbs@example.com", "acme plumbing"] {
            for tool in ["search_contacts", "search_companies", "search_all"] {
                #expect(try stranger.call(tool, ["query": .string(query)]).items == [], "\(tool): \(query)")
            }
        }
        let own = try stranger.call(
            "create_contact", ["first_name": "William", "last_name": "Tubbs", "phone": "+1 (703) 597-4534"])
        for query in ["Tubbs", "7035974534"] {
            let found = try stranger.call("search_contacts", ["query": .string(query)]).items
            #expect(found.map { $0["id"] } == [own.item["id"]], "\(query)")
            let theirs = try client.call("search_contacts", ["query": .string(query)]).items
            #expect(theirs.count == 1 && theirs[0]["id"] != own.item["id"], "\(query)")
        }
    }

    // MARK: Duplicates

    @Test(
        "for duplicates of a contact gives those with its number, address or name, and names that are near, with reasons"
    )
    func duplicates() throws {
        try fill()
        let tubbs = try #require(try client.call("search_contacts", ["query": "tubbs"]).items.first?["id"])
        #expect(try client.call("find_duplicate_contacts", ["id": tubbs]).items == [])
        let phone = try create("contact", ["last_name": "Reception", "work_phone": "001 703 597 4534"])
        let email = try create("contact", ["last_name": "Billing", "email": "William.Tubbs@EXAMPLE.com"])
        let name = try create("contact", ["first_name": "william", "last_name": "TUBBS"])
        let near = try create("contact", ["first_name": "Bill", "last_name": "Tubbs"])
        _ = try create("contact", ["first_name": "William", "last_name": "Stephenson"])
        let reply = try client.call("find_duplicate_contacts", ["id": tubbs])
        #expect(reply.items.map { $0["contact"]?["id"] } == [tubbs], "\(reply.answer.text)")
        let others = reply.items.first?["duplicates"]?.elements ?? []
        let expected: [(JSONValue, String)] = [
            (phone, "same phone number"), (email, "same e-mail"), (name, "same name"), (near, "similar name"),
        ]
        #expect(others.count == expected.count, "\(others)")
        for (contact, reason) in expected {
            let other = others.first { $0["id"] == contact["id"] }
            #expect(other?["reasons"] == [.string(reason)], "\(reason): \(others)")
        }
        #expect(
            try client.call("find_duplicate_contacts", ["id": "con_00000000000000000000000000000000"]).code
                == "not_found")
    }

    @Test("for duplicates goes through all contacts a page at a time, and tells each pair once")
    func allDuplicates() throws {
        for number in 0..<6 {
            _ = try create(
                "contact", ["last_name": .string("Twin \(number % 3)"), "email": .string("\(number % 3)@twin.example")])
        }
        var (pairs, cursor, pages): ([String], JSONValue?, Int) = ([], nil, 0)
        repeat {
            var arguments: JSONValue = ["limit": 1]
            if let cursor { arguments = arguments.adding("cursor", cursor) }
            let page = try client.call("find_duplicate_contacts", arguments)
            for item in page.items {
                for other in item["duplicates"]?.elements ?? [] {
                    pairs.append("\(item["contact"]?["name"]?.string ?? ""), \(other["name"]?.string ?? "")")
                    #expect(other["reasons"] == ["same e-mail", "same name"])
                }
            }
            cursor = page.structured["next_cursor"]
            pages += 1
        } while cursor != nil && pages < 20
        #expect(pairs == ["Twin 2, Twin 2", "Twin 1, Twin 1", "Twin 0, Twin 0"])
    }

    @Test("of a new contact are told with it, before it is made as well, and never those of another workspace")
    func warning() throws {
        let arguments: JSONValue = ["first_name": "Ida", "last_name": "Marsh", "phone": "020 7946 0999"]
        let first = try client.call("create_contact", arguments)
        #expect(first.structured["possible_duplicates"] == nil)
        let again: JSONValue = ["first_name": "Ada", "last_name": "March", "mobile": "+44 20 7946 0999"]
        for dry in [true, false] {
            let reply = try client.call("create_contact", dry ? again.adding("dry_run", true) : again)
            let told = reply.structured["possible_duplicates"]?.elements ?? []
            #expect(told.map { $0["id"] } == [first.item["id"]], "\(reply.structured.text)")
            #expect(told.first?["reasons"] == ["same phone number"])
        }
        let stranger = try bench.client(try bench.workspace("Tansy"), profile: .all)
        #expect(try stranger.call("create_contact", arguments).structured["possible_duplicates"] == nil)
    }

    // MARK: Helpers

    @discardableResult
    private func create(_ entity: String, _ arguments: JSONValue) throws -> JSONValue {
        let reply = try client.call("create_" + entity, arguments.adding("allow_duplicate", true))
        #expect(!reply.isError, "\(reply.answer.text)")
        return reply.item
    }
}
