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

    @Test("an era declares exactly the capabilities whose methods it has")
    func capabilities() {
        let eras: [Era<SampleProvider>] = [.handshake, .stateless(introducing: SampleProvider().serverInfo)]
        for era in eras {
            #expect(era.capabilities["tools"] != nil)
            #expect(era.capabilities["resources"] == nil)
            #expect(era.methods.values.contains { $0.capability == .tools })
        }
    }

    @Test("each era has its own methods")
    func methods() {
        let handshake: Era<SampleProvider> = .handshake
        let stateless: Era<SampleProvider> = .stateless(introducing: SampleProvider().serverInfo)
        #expect(handshake.methods.keys.sorted() == ["initialize", "ping", "tools/call", "tools/list"])
        #expect(stateless.methods.keys.sorted() == ["server/discover", "tools/call", "tools/list"])
    }
}
