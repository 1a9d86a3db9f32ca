package import JSON

/// What a request is answered under; a number stays a number and a text stays a text.
package enum MessageID: Sendable, Hashable {
    case string(String)
    case integer(Int64)

    /// Reads an id; `nil` for `null`, fractions and everything else that is no id.
    package init?(_ node: JSONNode) {
        if let text = node.string {
            self = .string(text)
        } else if let number = node.integer {
            self = .integer(number)
        } else {
            return nil
        }
    }

    /// The id as it goes out.
    package var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        }
    }
}

/// A JSON-RPC message that one side sent.
package enum Message: Sendable {
    case request(id: MessageID, method: String, params: JSONNode?)
    case notification(method: String, params: JSONNode?)
    /// The answer to something that the other side asked.
    case response(id: MessageID, body: JSONNode)

    /// What a request or a notification is about.
    package var method: String? {
        switch self {
        case .request(_, let method, _), .notification(let method, _): method
        case .response: nil
        }
    }

    /// The parameters of a request or a notification.
    package var params: JSONNode? {
        switch self {
        case .request(_, _, let params), .notification(_, let params): params
        case .response: nil
        }
    }

    /// What a request is answered under, or a response answers.
    package var id: MessageID? {
        switch self {
        case .request(let id, _, _), .response(let id, _): id
        case .notification: nil
        }
    }

    /// Whether somebody waits for an answer.
    package var isRequest: Bool {
        if case .request = self { true } else { false }
    }

    var isResponse: Bool {
        if case .response = self { true } else { false }
    }
}
