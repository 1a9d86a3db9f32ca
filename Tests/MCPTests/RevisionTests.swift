import Testing

@testable import MCP

@Suite("A revision")
struct RevisionTests {
    @Test(
        "is negotiated as asked, or is the newest that has a handshake",
        arguments: [
            ("2024-11-05", .november2024), ("2025-03-26", .march2025), ("2025-06-18", .june2025),
            ("2025-11-25", .november2025), ("2026-07-28", .november2025), ("2099-01-01", .november2025),
            ("2024-11-06", .november2025), ("", .november2025), (" 2025-06-18", .november2025),
        ] as [(String, Revision)]
    )
    func negotiation(requested: String, expected: Revision) {
        #expect(Revision.negotiated(for: requested) == expected)
    }

    @Test("belongs to one era, and an era names its own only")
    func eras() {
        #expect(Revision.served(in: .stateless).map(\.rawValue) == ["2026-07-28"])
        #expect(
            Revision.served(in: .handshake).map(\.rawValue) == ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
        )
        #expect(Revision.allCases == Revision.allCases.sorted())
    }

    @Test("keeps every feature that one before it had", arguments: RevisionFeature.allCases)
    func features(feature: RevisionFeature) {
        let having = Revision.allCases.map { $0.has(feature) }
        #expect(having == having.sorted { !$0 && $1 })
        #expect(having.first == false)
        #expect(having.last == true)
    }
}
