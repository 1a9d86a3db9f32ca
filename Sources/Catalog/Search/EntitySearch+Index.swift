import Tools

extension Entity {
    /// The labels of a row `t` as one text.
    static let labels = "array_to_string(t.labels, E'\\n')"
}

extension EntitySearch {
    /// What an entity declares: its rows are found by these texts, numbers and addresses.
    ///
    /// - Parameter subject: What the permission to read such rows is about, if it is not the plural.
    static func by(
        _ texts: [Text], phones: [String] = [], emails: [String] = [], subject: String? = nil
    ) -> EntitySearch {
        EntitySearch(texts, phones: phones, emails: emails, subject: subject, index: RecordUpdate.record)
    }
}
