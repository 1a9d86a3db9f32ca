import Catalog
import Foundation
import Testing
import Tools

@Suite("The pages on toolsets and kinds of rows")
struct PageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = root.appending(path: "Sources/Catalog/Catalog.docc")

    private static let remedy = """
        Build the program and write them anew: `swift run workport tools --docs Sources/Catalog/Catalog.docc`
        """

    @Test("are what the program writes", arguments: Page.all.map(\.path))
    func areWritten(path: String) throws {
        let page = try #require(Page.all.first { $0.path == path })
        let stored = (try? String(contentsOf: Self.folder.appending(path: path), encoding: .utf8)) ?? ""
        #expect(stored == page.text, "\(path)\n\(LineDifference(from: stored, to: page.text))\n\(Self.remedy)")
    }

    @Test("are no more than there are", arguments: ["Toolsets", "Entities"])
    func areAll(name: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: name).path)
        let pages = Page.all.map(\.path).filter { $0.hasPrefix(name + "/") }
        #expect(Set(files.map { name + "/" + $0 }) == Set(pages), "Delete the pages of what is gone.")
    }

    @Test("tell of every tool once")
    func tools() {
        for tool in Catalog.registry.tools {
            let pages = Page.all.filter { $0.text.contains("\n## `\(tool.name)`\n") }
            #expect(pages.map(\.path) == ["Toolsets/\(tool.toolset).md"], "\(tool.name)")
        }
    }

    @Test("are linked from the README, and lead to files that there are")
    func links() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("(Sources/Catalog/Catalog.docc/Catalog.md)"))
        #expect(readme.contains("(Sources/Catalog/Catalog.docc/AddingAnEntity.md)"))
        for page in Page.all {
            let place = Self.folder.appending(path: page.path).deletingLastPathComponent()
            for link in page.text.matches(of: /\]\(([^)#]+\.md)\)/) {
                let file = place.appending(path: String(link.1)).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: file.path), "\(page.path) leads to \(link.1)")
            }
        }
    }
}
