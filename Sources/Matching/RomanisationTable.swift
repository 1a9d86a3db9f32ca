/// How letters of other scripts sound, in Latin letters: our own compilation of the usual transcriptions.
///
/// An entry is `letter:latin`; an empty right side is a letter without a sound of its own. What a letter sounds like
/// beside another (Greek `ου`, Devanagari's vowel signs) is in ``Romanisation``.
enum RomanisationTable {
    static let letters = """
        а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh
        щ:shch ъ: ы:y ь: э:e ю:yu я:ya і:i є:ye ґ:g ј:y љ:l њ:n ћ:ch ђ:dj џ:dzh ѕ:dz қ:k ғ:g ң:n ө:o ү:u ұ:u һ:h ә:a
        җ:zh ҳ:h ҷ:j ҡ:k ҙ:z ҫ:s ӏ: ѣ:e ѳ:f ѵ:i
        α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s τ:t υ:y φ:f χ:ch ψ:ps ω:o
        ا:a ب:b ت:t ث:th ج:j ح:h خ:kh د:d ذ:dh ر:r ز:z س:s ش:sh ص:s ض:d ط:t ظ:z ع:a غ:gh ف:f ق:q ك:k ل:l م:m ن:n
        ه:h و:w ي:y ء: ى:a ة:a پ:p چ:ch ژ:zh ک:k گ:g ی:y ڤ:v ڨ:g ۀ:e ە:a ہ:h ے:e ں:n ٹ:t ڈ:d ڑ:r ھ:h ٱ:a
        א:a ב:b ג:g ד:d ה:h ו:w ז:z ח:ch ט:t י:y כ:k ך:ch ל:l מ:m ם:m נ:n ן:n ס:s ע:a פ:p ף:f צ:ts ץ:ts ק:k ר:r ש:sh ת:t
        ア:a イ:i ウ:u エ:e オ:o カ:ka キ:ki ク:ku ケ:ke コ:ko サ:sa シ:shi ス:su セ:se ソ:so タ:ta チ:chi ツ:tsu テ:te ト:to
        ナ:na ニ:ni ヌ:nu ネ:ne ノ:no ハ:ha ヒ:hi フ:fu ヘ:he ホ:ho マ:ma ミ:mi ム:mu メ:me モ:mo ヤ:ya ユ:yu ヨ:yo
        ラ:ra リ:ri ル:ru レ:re ロ:ro ワ:wa ヰ:i ヱ:e ヲ:o ン:n ー: 
        ა:a ბ:b გ:g დ:d ე:e ვ:v ზ:z თ:t ი:i კ:k ლ:l მ:m ნ:n ო:o პ:p ჟ:zh რ:r ს:s ტ:t უ:u ფ:p ქ:k ღ:gh ყ:q შ:sh ჩ:ch
        ც:ts ძ:dz წ:ts ჭ:ch ხ:kh ჯ:j ჰ:h
        ա:a բ:b գ:g դ:d ե:e զ:z է:e ը:y թ:t ժ:zh ի:i լ:l խ:kh ծ:ts կ:k հ:h ձ:dz ղ:gh ճ:ch մ:m յ:y ն:n շ:sh ո:o չ:ch
        պ:p ջ:j ռ:r ս:s վ:v տ:t ր:r ց:ts ւ:v փ:p ք:k օ:o ֆ:f և:ev
        अ:a आ:a इ:i ई:i उ:u ऊ:u ऋ:ri ए:e ऐ:ai ओ:o औ:au क:k ख:kh ग:g घ:gh ङ:n च:ch छ:ch ज:j झ:jh ञ:n ट:t ठ:th ड:d
        ढ:dh ण:n त:t थ:th द:d ध:dh न:n प:p फ:ph ब:b भ:bh म:m य:y र:r ल:l ळ:l व:v श:sh ष:sh स:s ह:h ऑ:o ऍ:e
        ा:a ि:i ी:i ु:u ू:u ृ:ri े:e ै:ai ो:o ौ:au ॉ:o ॅ:e ं:n ँ:n ः:h
        """

    /// Kana with the voiced mark, and with the half-voiced one.
    static let voiced = """
        カ:ga キ:gi ク:gu ケ:ge コ:go サ:za シ:ji ス:zu セ:ze ソ:zo タ:da チ:ji ツ:zu テ:de ト:do ハ:ba ヒ:bi フ:bu ヘ:be ホ:bo
        ウ:vu
        """
    static let halfVoiced = "ハ:pa ヒ:pi フ:pu ヘ:pe ホ:po"

    /// Letters that sound otherwise together, Greek ones and an Armenian pair.
    static let pairs = """
        ου:u αι:e ει:i οι:i υι:i αυ:av ευ:ev μπ:b ντ:d γκ:g γγ:ng γχ:nch τζ:j τσ:ts ու:u
        """

    /// The letters of a Hangul syllable, by their places in Unicode.
    static let hangulLeads = "g kk n d tt r m b pp s ss - j jj ch k t p h"
    static let hangulVowels = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
    static let hangulTails = "k k k n n n t l l l l l l l l m p p t t ng t ch k t p h"
}
