import Testing

@testable import Matching

@Suite("Sounds of words")
struct PhonemesTests {
    @Test("are read from letters that are one sound together")
    func reading() {
        for (word, sounds) in [
            ("schmidt", "Smidt"), ("anna", "ana"), ("phoebe", "fobe"), ("xaver", "ksaver"), ("quinn", "kvin"),
            ("yevgeny", "jevgeni"), ("shtsherbakov", "Serbakov"), ("cecil", "cecil"), ("", ""), ("o'x", "oks"),
        ] {
            #expect(String(decoding: Phonemes.of(Array(word.utf8)), as: UTF8.self) == sounds)
        }
    }

    @Test("are as much alike as the whole table of beginnings says, wherever that is not too little")
    func similarity() {
        var random = SeededRandom(seed: 11)
        let letters = Array("aeiouhjwbkmrsStXC".utf8)
        func word() -> [UInt8] {
            (0..<Int.random(in: 1...9, using: &random)).map { _ in letters.randomElement(using: &random)! }
        }
        for _ in 0..<20_000 {
            let left = word()
            // Mostly one that is near.
            var right = Int.random(in: 0...3, using: &random) == 0 ? word() : left
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0...right.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: right.insert(letters.randomElement(using: &random)!, at: place)
                case 1 where place < right.count && right.count > 1: right.remove(at: place)
                default: if place < right.count { right[place] = letters.randomElement(using: &random)! }
                }
            }
            for vowel in [Float(0.3), 0.45] {
                let expected = table(left, right, vowel: vowel)
                for least in [Float(0), 0.64, 0.84] {
                    let found = Phonemes.similarity(left, right, least: least, vowel: vowel)
                    if expected > least + 0.001 {
                        #expect(abs(found - expected) < 0.0001, "\(left) \(right)")
                    } else {
                        #expect(found <= expected + 0.0001, "\(left) \(right)")
                    }
                }
            }
        }
    }

    /// The same by the whole table.
    private func table(_ left: [UInt8], _ right: [UInt8], vowel: Float) -> Float {
        var rows = [[Float]](repeating: [Float](repeating: 0, count: right.count + 1), count: left.count + 1)
        for line in 0...left.count {
            for column in 0...right.count where line + column > 0 {
                var ways: [Float] = []
                if line > 0 { ways.append(rows[line - 1][column] + Phonemes.gap(left[line - 1], vowel: vowel)) }
                if column > 0 { ways.append(rows[line][column - 1] + Phonemes.gap(right[column - 1], vowel: vowel)) }
                if line > 0, column > 0 {
                    ways.append(rows[line - 1][column - 1] + Phonemes.cost(left[line - 1], right[column - 1]))
                }
                rows[line][column] = ways.min()!
            }
        }
        return max(0, 1 - rows[left.count][right.count] / Float(max(left.count, right.count)))
    }
}
