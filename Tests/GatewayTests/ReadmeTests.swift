import Catalog
import Foundation
import Gateway
import Testing
import Tools

@Suite("The README")
struct ReadmeTests {
    private let text: String

    init() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: package.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("lists every setting as the program knows it", arguments: Setting.all)
    func settings(setting: Setting) {
        let flag = setting.form == .secret ? "" : "`--\(setting.name)`"
        let standard = setting.standard.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
        #expect(text.contains("| \(flag) | `\(setting.variable)` | \(standard) | \(setting.meaning) |"))
    }

    @Test("lists every tool", arguments: Catalog.registry.names)
    func tools(name: String) {
        #expect(text.contains("| `\(name)` |"))
    }

    @Test("lists every error code of a tool", arguments: ToolError.Code.allCases)
    func codes(code: ToolError.Code) {
        #expect(text.contains("`\(code.rawValue)`"))
    }
}
