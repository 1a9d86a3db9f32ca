/// What the bridge shows at the endpoint. It leaves the process in the header of requests and nowhere else.
package struct BearerToken: Sendable {
    /// The value of the header `Authorization`.
    let headerValue: String

    /// Checks that a text can be a token: visible ASCII without blanks.
    ///
    /// - Throws: ``BridgeError``, which does not repeat the text.
    package init(_ text: String) throws(BridgeError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw BridgeError(
                .token,
                "WORKPORT_TOKEN (or the file of WORKPORT_TOKEN_FILE) holds blanks or characters that no token has; it "
                    + "can be the token alone, such as mcp_live_…, without Bearer."
            )
        }
        headerValue = "Bearer " + text
    }
}

extension BearerToken: CustomStringConvertible, CustomReflectable {
    /// Shows nothing of the token.
    package var description: String { "BearerToken" }

    /// Shows nothing of the token.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
