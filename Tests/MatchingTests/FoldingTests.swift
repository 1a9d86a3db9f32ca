import Matching
import Testing

@Suite("Folding")
struct FoldingTests {
    @Test(
        "gives what people type",
        arguments: [
            ("Rémi", "remi"), ("Re\u{301}mi", "remi"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("ẞ", "ss"),
            ("Łódź", "lodz"), ("Søren", "soren"), ("Đorđe", "dorde"), ("Æsop", "aesop"), ("Œuvre", "oeuvre"),
            ("Þór", "thor"), ("Diyarbakır", "diyarbakir"), ("İstanbul", "istanbul"),
            ("Nguyễn Văn Đức", "nguyen van duc"),
            ("Dvořák", "dvorak"), ("ŽIŽEK", "zizek"), ("Ǆ", "dz"), ("ﬁne", "fine"), ("Åse Ångström", "ase angstrom"),
            ("Ἀθῆναι", "αθηναι"), ("ΟΔΟΣ", "οδοσ"), ("οδός", "οδοσ"), ("Ёлкин", "елкин"), ("Йод", "иод"),
            ("Київ", "киів"), ("ҐАНОК", "ганок"), ("ＡＢＣ　１２３", "abc 123"), ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
            ("۴۵۶", "456"), ("१२३", "123"), ("𝟘𝟙𝟚", "012"), ("①²½", "121/2"), ("№ 5", "no 5"),
            ("“curly” ‘quotes’", "\"curly\" 'quotes'"), ("en–dash em—dash", "en-dash em-dash"),
            ("a\u{A0}b\u{2003}c", "a b c"),
            ("tab\tline\nend", "tab line end"), ("", ""),
        ])
    func folded(text: String, folded: String) {
        #expect(Folding.fold(text) == folded)
    }

    @Test("keeps marks where they carry the sound")
    func soundMarks() {
        #expect(Folding.fold("か") != Folding.fold("が"))
        #expect(Folding.fold("は") != Folding.fold("ぱ"))
        #expect(Folding.fold("क") != Folding.fold("कि"))
        #expect(Folding.fold("한") != Folding.fold("하"))
    }

    @Test(
        "evens out spellings that look alike",
        arguments: [
            ("が", "か\u{3099}"), ("ｶﾞ", "ガ"), ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
            ("Ａ", "a"), ("⸺", "-"), ("ﷲ", "الله"), ("שּׁ", "ש\u{5BC}\u{5C1}"), ("ש\u{5C1}\u{5BC}", "ש\u{5BC}\u{5C1}"),
        ])
    func lookAlikes(left: String, right: String) {
        #expect(Array(Folding.fold(left).unicodeScalars) == Array(Folding.fold(right).unicodeScalars))
    }

    @Test(
        "leaves out what cannot be seen",
        arguments: [
            "\u{200B}", "\u{200D}", "\u{200E}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{AD}", "\u{FE0F}", "\u{E0041}",
            "\u{301}",
        ])
    func invisible(mark: String) {
        #expect(Folding.fold("\(mark)ta\(mark)sk\(mark)") == "task")
        #expect(Folding.fold("te\(mark)\u{301}st") == "test")
    }

    @Test("changes nothing the second time, whatever the text")
    func idempotent() {
        var random = SeededRandom(seed: 42)
        for _ in 0..<3000 {
            let once = Folding.fold(random.text(length: 24))
            let twice = Folding.fold(once)
            #expect(Array(once.unicodeScalars) == Array(twice.unicodeScalars))
        }
    }

    @Test("gives every scalar a text that folds to itself")
    func everyScalar() {
        var unstable: [UInt32] = []
        for value in 0...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = Folding.fold("a\(scalar)")
            if !once.unicodeScalars.elementsEqual(Folding.fold(once).unicodeScalars) { unstable.append(value) }
        }
        #expect(unstable == [])
    }

    @Test("does not depend on case or composition")
    func invariance() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<1000 {
            let text = random.letters(length: 12)
            #expect(Folding.fold(text.uppercased()) == Folding.fold(text.lowercased()))
        }
    }

    @Test(
        "splits words at everything but letters, digits and apostrophes",
        arguments: [
            ("Furnace repair, 2nd floor!", ["furnace", "repair", "2nd", "floor"]),
            ("O’Brien O'Brien o`brien", ["obrien", "obrien", "obrien"]), ("Jean-Luc", ["jean", "luc"]),
            ("a_b/c.d", ["a", "b", "c", "d"]), ("'quoted'", ["quoted"]), ("👩‍👩‍👧 family", ["family"]), ("…", []), ("", []),
            ("李明 김철수", ["李明", Folding.fold("김철수")]), ("zero\u{200B}width", ["zerowidth"]),
        ])
    func words(text: String, words: [String]) {
        #expect(Folding.words(text) == words)
    }

    @Test("bounds what hostile text yields", arguments: HostileText.all)
    func hostile(text: HostileText) {
        let folded = Folding.fold(text.value)
        #expect(folded.utf8.count <= 12 * text.value.utf8.count)
        let words = Folding.words(text.value)
        #expect(words.count <= Folding.maxWords)
        #expect(words.allSatisfy { (1...Folding.maxWordBytes).contains($0.utf8.count) })
    }

    @Test("keeps a bounded number of marks on a letter")
    func decoration() {
        let text = "か" + String(repeating: "\u{3099}\u{301}", count: 1000)
        #expect(Folding.fold(text).unicodeScalars.count == 1 + Folding.maxMarks)
    }
}
