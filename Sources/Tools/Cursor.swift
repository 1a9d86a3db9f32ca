import Crypto
import Identity
import JSON

/// A position in a list, sealed: it opens only for the workspace, credential, tool and query that it was made for.
package struct Cursor: Sendable {
    /// The columns of the last row by which the list is ordered, as text.
    package let position: [String]

    package init(_ position: [String]) { self.position = position }

    /// Opens the `cursor` argument of a call.
    ///
    /// - Parameter width: How many columns the list is ordered by.
    /// - Returns: `nil` if the call carries none.
    /// - Throws: ``ToolError`` if it was forged, or made for something else.
    package init?(of call: ToolCall, width: Int) throws(ToolError) {
        guard let text = call.arguments.text("cursor") else { return nil }
        guard let bytes = call.seal.open(text, context: Cursor.context(of: call)) else { throw Cursor.refusal }
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == width else { throw Cursor.refusal }
        position = parts.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text that a client sends back as `cursor`.
    package func sealed(for call: ToolCall) -> String {
        call.seal.seal(Array(position.map { Array($0.utf8) }.joined(separator: [0])), context: Cursor.context(of: call))
    }

    private static func context(of call: ToolCall) -> [UInt8] {
        Digest.sha256(Array("cursor".utf8) + call.credential.binding + [0] + Array(call.tool.utf8) + [0] + call.query)
    }

    private static var refusal: ToolError {
        ToolError(problems: [
            .init(
                "cursor",
                "`cursor` does not belong to this list; it can be the `next_cursor` of the same tool with the same "
                    + "other arguments. Leave it out to start from the first page."
            )
        ])
    }
}

extension Parameter {
    /// How many rows a page has.
    package static func limit(standard: Int64, maximum: Int64 = 100) -> Parameter {
        Parameter("limit", .integer(1...maximum), "", standard: .integer(standard))
    }

    /// Where the page starts.
    package static let cursor = Parameter(
        "cursor", .text(maximum: 4096), "Last `next_cursor`, with the same other arguments."
    ).terse
}
