/// Random texts that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Any scalars, those of the lower blocks more often.
    mutating func text(length: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<length {
            let limits: [UInt32] = [0x7F, 0x2FF, 0x36F, 0x5FF, 0x30FF, 0xFFFF, 0x10FFFF]
            let limit = limits[Int.random(in: 0..<limits.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }

    /// Letters with a simple upper and lower case.
    mutating func letters(length: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzàéîõüçñąćęłńóśźżđøåæœβγδэюяжщ")
        return String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &self)] })
    }
}

/// About 64 kB of text that somebody might send to do harm.
enum HostileText: String, CaseIterable {
    case oneLetter, digits, spaces, apostrophes, marks, descendingMarks, kanaMarks, rightToLeft, zeroWidth, expanding,
        emoji,
        initials, atSigns, nulls

    static let all = allCases

    var value: String {
        let pattern =
            switch self {
            case .oneLetter: "a"
            case .digits: "7"
            case .spaces: " "
            case .apostrophes: "'"
            case .marks: "\u{301}"
            case .descendingMarks: "\u{301}\u{59A}\u{323}\u{5B0}"
            case .kanaMarks: "が\u{3099}\u{308}\u{323}"
            case .rightToLeft: "\u{202E}אב"
            case .zeroWidth: "\u{200B}a"
            case .expanding: "\u{FDFA}"
            case .emoji: "👩‍👩‍👧"
            case .initials: "a b "
            case .atSigns: "@a.b"
            case .nulls: "\0"
            }
        return String(repeating: pattern, count: 65_536 / pattern.utf8.count)
    }
}
