import HTTP
import Identity
package import JSON
import MCP

/// Where the web application of the workspaces shows a row: an address with places for what names the row.
///
///     https://app.example.com/{workspace}/{entity}/{id}
///
/// Only identifiers and the names of kinds of rows come into it, never a text of a row.
package struct WebAddress: Sendable, Equatable {
    private enum Place: String {
        case workspace, entity, id
    }

    private enum Part: Sendable, Equatable {
        case text(String)
        case place(Place)
    }

    private let parts: [Part]

    /// Reads a template as an operator gives it.
    ///
    /// - Returns: `nil` if it is no address over `https`, or over `http` on this machine, whose path, query or fragment
    ///   names `{id}` and no other places than `{workspace}` and `{entity}`.
    package init?(_ template: String) {
        guard let rest = Self.secured(template), template.utf8.allSatisfy(Self.isOfAddress),
            PercentEncoding.decode(template.utf8) != nil,
            let parts = Self.parts(of: template), parts.contains(.place(.id))
        else { return nil }
        let authority = rest.prefix { !"/?#".contains($0) }
        // The host is the operator's own in every address.
        guard !authority.isEmpty, authority.count < rest.count, !authority.contains(where: { "{}@".contains($0) })
        else {
            return nil
        }
        guard template.hasPrefix("https://") || OriginPolicy.isLoopback(String(authority)) else { return nil }
        self.parts = parts
    }

    /// The page of a row.
    ///
    /// - Parameters:
    ///   - id: The row's identifier, as callers know it.
    ///   - entity: The name of its kind, such as `task`.
    func page(of id: String, _ entity: String, in workspace: WorkspaceID) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place(.workspace): PercentEncoding.encode(workspace.text)
            case .place(.entity): PercentEncoding.encode(entity)
            case .place(.id): PercentEncoding.encode(id)
            }
        }.joined()
    }

    // MARK: Reading

    /// What follows the scheme.
    private static func secured(_ template: String) -> Substring? {
        ["https://", "http://"].first(where: template.hasPrefix).map { template.dropFirst($0.count) }
    }

    /// Whether a byte may stand in an address or in the mark of a place (RFC 3986 section 2).
    private static func isOfAddress(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "-._~:/?#[]@!$&'()*+,;=%{}".utf8.contains(byte)
    }

    private static func parts(of template: String) -> [Part]? {
        var parts: [Part] = []
        var rest = template[...]
        while let start = rest.firstIndex(where: { "{}".contains($0) }) {
            guard rest[start] == "{", let end = rest[start...].firstIndex(of: "}"),
                let place = Place(rawValue: String(rest[rest.index(after: start)..<end]))
            else { return nil }
            parts += [.text(String(rest[..<start])), .place(place)]
            rest = rest[rest.index(after: end)...]
        }
        return parts + [.text(String(rest))]
    }
}

extension ToolCall {
    /// Where people see a row, as the member of an answer; `nil` where the operator did not say where that is.
    ///
    /// - Parameter id: The row's identifier, as callers know it.
    package func links(to id: String, _ entity: String) -> JSONMember? {
        web.map { JSONMember("links", ["web": .string($0.page(of: id, entity, in: credential.workspace))]) }
    }

    /// The same for a row as the database shows it: an object whose first member is its identifier. Nothing else is read.
    package func links(toRowIn item: [UInt8], _ entity: String) -> JSONMember? {
        guard web != nil else { return nil }
        let start = Array(#"{"id":""#.utf8)
        guard item.starts(with: start) else { return nil }
        let id = item[start.count...].prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        return links(to: String(decoding: id, as: UTF8.self), entity)
    }
}
