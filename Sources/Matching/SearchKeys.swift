/// What the index of a workspace holds about one task.
package struct SearchKeys: Sendable, Hashable {
    /// How many words of one task are indexed; names and title come first, so a long description loses its end.
    package static let maxWords = 1024
    /// How many phone numbers and how many addresses of one task are indexed.
    package static let maxContacts = 64

    /// The task's words, folded, each once, in the order of importance. Letters, digits and marks only, so a word can
    /// stand in a text search query as it is; a query asks for words that begin with its own.
    package let words: [String]
    /// The task's phone numbers as ``PhoneDigits/reversedDigits``.
    package let reversedPhones: [String]
    /// The task's e-mail addresses.
    package let emails: [EmailAddress]

    /// Computes the keys of a task.
    package init(_ document: SearchDocument) {
        var words = DistinctList<String>(limit: Self.maxWords)
        for field in SearchDocument.wordFields {
            for text in document.texts(of: field) where !words.isFull {
                for word in Folding.words(text) { words.append(word) }
            }
        }
        var phones = DistinctList<String>(limit: Self.maxContacts)
        for phone in document.phones {
            let digits = PhoneDigits(phone).reversedDigits
            if !digits.isEmpty { phones.append(digits) }
        }
        var emails = DistinctList<EmailAddress>(limit: Self.maxContacts)
        for email in document.emails { EmailAddress(email).map { emails.append($0) } }
        self.words = words.elements
        reversedPhones = phones.elements
        self.emails = emails.elements
    }
}

/// A list without repetitions and with an end.
private struct DistinctList<Element: Hashable> {
    private(set) var elements: [Element] = []
    private var known: Set<Element> = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var isFull: Bool { elements.count >= limit }

    mutating func append(_ element: Element) {
        guard !isFull, known.insert(element).inserted else { return }
        elements.append(element)
    }
}
