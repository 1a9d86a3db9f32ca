import JSON
import Testing

@testable import MCP

@Suite("The ladder")
struct LadderTests {
    @Test("has its rules in the order of the protocol")
    func order() {
        #expect(Classification.rungs.map(\.number) == Array(4...11))
        #expect(StatelessRungs.all.map(\.number) == Array(12...18))
        #expect(HandshakeRungs.all.allSatisfy { $0.number == 11 })
    }

    private func eras(_ offer: Offer) -> (handshake: Era<SampleProvider>, stateless: Era<SampleProvider>) {
        let server = SampleProvider().serverInfo
        return (.handshake(offering: offer), .stateless(offering: offer, introducing: server))
    }

    @Test("a capability is declared exactly when the era has its methods", arguments: Capability.allCases)
    func capabilities(capability: Capability) {
        let first: [Capability: String] = [
            .tools: "tools/call", .resources: "resources/read", .prompts: "prompts/get",
            .completions: "completion/complete", .logging: "logging/setLevel",
        ]
        let method = first[capability] ?? ""
        #expect(Offer([capability]).json(for: .november2025)[capability.rawValue] != nil)
        #expect(eras(Offer([capability])).handshake.methods[method] != nil)
        #expect(Offer([]).json(for: .november2025) == [:])
        #expect(eras(Offer([])).handshake.methods[method] == nil)
        // The level stands in each request of the stateless era.
        #expect((eras(Offer([capability])).stateless.methods[method] != nil) == (capability != .logging))
    }

    @Test("each era has its own methods")
    func methods() {
        let (handshake, stateless) = eras(Offer())
        #expect(handshake.methods.keys.sorted() == ["initialize", "ping", "tools/call", "tools/list"])
        #expect(stateless.methods.keys.sorted() == ["server/discover", "tools/call", "tools/list"])
    }

    @Test("what is offered beside capabilities has methods of its own")
    func notifications() {
        let watching = eras(Offer([.resources], hasResourceSubscriptions: true))
        #expect(watching.handshake.methods["resources/subscribe"] != nil)
        #expect(watching.stateless.methods["resources/subscribe"] == nil)
        #expect(watching.stateless.methods["subscriptions/listen"] != nil)
        let tasks = eras(Offer(hasTasks: true))
        #expect(tasks.stateless.methods["tasks/get"] != nil)
        #expect(tasks.handshake.methods["tasks/get"] == nil)
        #expect(Offer(hasTasks: true).json(for: .july2026)["extensions"]?[ExtensionName.tasks] == [:])
        #expect(Offer(hasTasks: true).json(for: .november2025)["extensions"] == nil)
    }

    @Test("older revisions are not told of capabilities that they lack")
    func oldCapabilities() {
        #expect(Offer([.completions]).json(for: .november2024) == [:])
        #expect(Offer([.completions]).json(for: .march2025) == ["completions": [:]])
    }
}
