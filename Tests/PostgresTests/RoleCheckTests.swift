import Postgres
import TestSupport
import Testing

@Suite("The role check")
struct RoleCheckTests {
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase.make()
        try database.connect(as: .owner).execute(script: "CREATE TABLE notes (id int)")
    }

    @Test("finds nothing wrong with the application's role")
    func application() throws {
        #expect(try RoleCheck.excesses(of: database.connect(as: .application)).isEmpty)
    }

    @Test("finds a superuser")
    func superuser() throws {
        #expect(try RoleCheck.excesses(of: database.connect(as: .superuser)) == [.superuser])
    }

    @Test("finds who owns tables, by itself or as a member")
    func owner() throws {
        #expect(try RoleCheck.excesses(of: database.connect(as: .owner)) == [.ownsTable("notes")])
        let superuser = try database.connect(as: .superuser)
        try superuser.execute(script: "CREATE ROLE \(database.name)_member IN ROLE workport_owner")
        defer { try? superuser.execute(script: "RESET ROLE; DROP ROLE \(database.name)_member") }
        try superuser.execute(script: "SET ROLE \(database.name)_member")
        #expect(try RoleCheck.excesses(of: superuser) == [.ownsTable("notes")])
    }

    @Test("finds a role that passes by row-level security")
    func bypass() throws {
        let superuser = try database.connect(as: .superuser)
        try superuser.execute(script: "CREATE ROLE \(database.name)_bypass BYPASSRLS")
        defer { try? superuser.execute(script: "RESET ROLE; DROP ROLE \(database.name)_bypass") }
        try superuser.execute(script: "SET ROLE \(database.name)_bypass")
        #expect(try RoleCheck.excesses(of: superuser) == [.bypassesRowSecurity])
    }

    @Test("finds a role that could become one that no policy binds", arguments: ["SUPERUSER", "BYPASSRLS"])
    func becoming(power: String) throws {
        let superuser = try database.connect(as: .superuser)
        let strong = "\(database.name)_strong_\(power.lowercased())"
        try superuser.execute(script: "CREATE ROLE \(strong) \(power); CREATE ROLE \(strong)_member IN ROLE \(strong)")
        defer { try? superuser.execute(script: "RESET ROLE; DROP ROLE \(strong)_member, \(strong)") }
        try superuser.execute(script: "SET ROLE \(strong)_member")
        #expect(try RoleCheck.excesses(of: superuser).contains(.canBecome(strong)))
    }
}
