import Foundation
package import JSON
import MCP
import Synchronization

/// The published schema of a revision, as far as messages of servers go; see `Schemas`.
package final class ProtocolSchema: Sendable {
    /// The revisions that there are schemas of, the oldest first.
    package static let revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]

    /// The schema of a revision; `nil` if there is none.
    package static func of(_ revision: String) -> ProtocolSchema? { all[revision] }

    private static let all = Dictionary(
        uniqueKeysWithValues: revisions.map { ($0, ProtocolSchema(revision: $0)) }
    )

    package let revision: String
    private let root: JSONNode
    private let definitions = Mutex<[String: JSONSchema]>([:])

    private init(revision: String) {
        self.revision = revision
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Schemas/\(revision).json")
        guard let data = try? Data(contentsOf: file), let document = try? JSONDocument([UInt8](data)) else {
            preconditionFailure("\(file.path) is no schema; Schemas/make.py makes it")
        }
        root = document.root
    }

    /// The methods whose results the schema knows.
    package var methods: [String] { (root["results"]?.members ?? []).map(\.name) }

    /// What is wrong with a message, each with its place; nothing if it is one that a server may send.
    ///
    /// - Parameter method: The method of the request that it answers, if it is an answer.
    package func mistakes(in message: JSONNode, answering method: String?) -> [String] {
        if message["method"] != nil { return mistakes(inCall: message) }
        guard let result = message["result"] else { return mistakes(inError: message) }
        guard let method else { return ["It has a result, and nothing was asked"] }
        guard let names = root["results"]?[method]?.elements?.compactMap(\.string) else {
            return ["There is no result of \(method)"]
        }
        return mistakes(message, root["response"]?.string) + mistakes(result, names)
    }

    private func mistakes(inCall message: JSONNode) -> [String] {
        let method = message["method"]?.string ?? ""
        let table = message["id"] == nil ? "notifications" : "requests"
        guard let name = root[table]?[method]?.string else { return ["\(method) is none of its \(table)"] }
        return mistakes(message, name)
    }

    private func mistakes(inError message: JSONNode) -> [String] {
        let code = message["error"]?["code"]?.raw.text ?? "nothing"
        guard let name = root["errors"]?[code]?.string else { return ["\(code) is none of its codes"] }
        return mistakes(message, name)
    }

    /// The mistakes of a value that has to fit one of some definitions: those of the one that it is closest to.
    private func mistakes(_ value: JSONNode, _ names: [String]) -> [String] {
        let found = names.map { mistakes(value, $0) }
        return found.min { $0.count < $1.count } ?? []
    }

    private func mistakes(_ value: JSONNode, _ name: String?) -> [String] {
        guard let name else { return ["No definition is named"] }
        return schema(name).mistakes(in: value).map { "\(name): \($0.description)" }
    }

    private func schema(_ name: String) -> JSONSchema {
        definitions.withLock { definitions in
            if let schema = definitions[name] { return schema }
            let text = """
                {"$schema":\(root["$schema"]?.raw.text ?? "null"),"$ref":"#/$defs/\(name)",\
                "$defs":\(root["$defs"]?.raw.text ?? "{}")}
                """
            // Tests run beside each other, so time says nothing here.
            var limits = SchemaLimits()
            limits.time = .seconds(60)
            do {
                let schema = try JSONSchema(JSONDocument(text: text).root, checksFormats: true, limits: limits)
                definitions[name] = schema
                return schema
            } catch {
                preconditionFailure("\(revision) \(name): \(error)")
            }
        }
    }
}
