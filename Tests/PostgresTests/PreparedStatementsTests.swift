import Testing

@testable import Postgres

@Suite("The list of prepared statements")
struct PreparedStatementsTests {
    private func name(_ use: PreparedStatements.Use) -> (name: String, isNew: Bool) {
        switch use {
        case .prepared(let name): (name, false)
        case .preparing(let name): (name, true)
        }
    }

    @Test("knows a statement only once the server has confirmed it")
    func confirmation() {
        var statements = PreparedStatements(bound: 8)
        #expect(name(statements.use("a", sharing: true)) == ("s1", true))
        #expect(name(statements.use("a", sharing: true)) == ("s1", false))
        #expect(statements.beginFlush() == [])
        #expect(name(statements.use("a", sharing: true)) == ("s2", true))
        statements.confirm("a", name: "s2")
        #expect(statements.beginFlush() == [])
        #expect(name(statements.use("a", sharing: false)) == ("s2", false))
    }

    @Test("drops the second of two that were prepared for one text")
    func surplus() {
        var statements = PreparedStatements(bound: 8)
        _ = statements.use("a", sharing: true)
        _ = statements.use("a", sharing: false)
        statements.confirm("a", name: "s1")
        statements.confirm("a", name: "s2")
        #expect(statements.beginFlush() == ["s2"])
        #expect(statements.beginFlush() == [])
    }

    @Test("drops those that were not used for the longest time")
    func eviction() {
        var statements = PreparedStatements(bound: 8)
        for number in 1...9 {
            _ = statements.use("\(number)", sharing: true)
            statements.confirm("\(number)", name: "s\(number)")
        }
        _ = statements.use("1", sharing: true)
        #expect(statements.beginFlush() == ["s2", "s3"])
        #expect(statements.count == 7)
        #expect(name(statements.use("1", sharing: true)).isNew == false)
        #expect(name(statements.use("2", sharing: true)).isNew)
    }

    @Test("prepares again what was forgotten")
    func forgotten() {
        var statements = PreparedStatements(bound: 8)
        _ = statements.use("a", sharing: true)
        statements.confirm("a", name: "s1")
        statements.forget("a")
        #expect(statements.beginFlush() == ["s1"])
        #expect(name(statements.use("a", sharing: true)) == ("s2", true))
    }
}
