import Foundation
import Testing

@testable import Bridge

@Suite("The README, about the bridge")
struct ReadmeTests {
    private let text: String

    init() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: package.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("lists every reason for which a call has no result", arguments: Refusal.Reason.allCases)
    func reasons(reason: Refusal.Reason) {
        #expect(text.contains("`\(reason.rawValue)`"))
    }
}
