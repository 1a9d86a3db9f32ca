/// The last resort for names: the whole name is near, though single words are not.
enum NameLikeness {
    /// Only words that are no more frequent offer tasks to compare.
    static let maxUses = 200

    /// Whether a query can be a name.
    static func isName(_ query: QueryWords) -> Bool {
        let words = query.meaningful.map { query.words[$0] }
        return (1...3).contains(words.count) && words.allSatisfy { !$0.hasDigits }
            && words.reduce(0) { $0 + $1.latin.count } >= 7
    }

    /// How another word of the name may begin: with one of the first two letters, since the first may be missing or
    /// swapped, or in another script. Far fewer names are compared so.
    static func initials(of words: [QueryWord], taskCount: Int) -> [Alternative] {
        let letters = Set(words.flatMap { $0.latin.prefix(2) } + [UInt8(ascii: ".")])
        return letters.sorted().map { letter in
            Alternative(
                stored: .initial(letter), similarity: 0.9, kind: .beginning, uses: max(1, taskCount / 10))
        }
    }

    /// Which part of a name's letters may be wrong: the more names there are, the more of them are near to anything.
    private static func share(_ taskCount: Int) -> Float {
        taskCount > 300_000 ? 0.14 : taskCount > 30_000 ? 0.18 : 0.22
    }

    /// How many errors may lie between the query and a name: one word of it cannot have more.
    static func mostErrors(_ query: QueryWords, taskCount: Int) -> Int {
        let typed = query.meaningful.reduce(0) { $0 + query.words[$1].latin.count }
        let share = share(taskCount)
        // The name may be longer than what was typed by as many letters.
        return Int(Float(typed) * share / (1 - share))
    }

    static func match(_ query: QueryWords, _ text: DocumentWords, taskCount: Int) -> TextMatch? {
        let typed = query.meaningful.flatMap { query.words[$0].latin }
        let swapped = query.meaningful.reversed().flatMap { query.words[$0].latin }
        let share = share(taskCount)
        for field in text.fields where field.field == .customerName && !field.words.isEmpty {
            let name = field.words.flatMap { WordList.latin($0) ?? $0 }
            let bound = Int(Float(max(typed.count, name.count)) * share)
            let errors = [typed, swapped].compactMap { EditDistance.between($0, name, bound: bound) }.min()
            guard let errors else { continue }
            let similarity = 1 - Float(errors) / Float(max(typed.count, name.count))
            return TextMatch(
                score: similarity * 0.9, fields: [.customerName], kind: .typo, isInOneField: true, isTogether: true,
                missing: 0,
                instead: field.words.map { String(decoding: $0, as: UTF8.self) })
        }
        return nil
    }
}
