/// Names of people, by where they may come from, with how numbers are written there.
struct SeedCulture: Sendable {
    let given: [String]
    let family: [String]
    let country: SeedPhone.Country
    /// How many of a hundred people.
    let share: Int

    private init(_ country: SeedPhone.Country, _ share: Int, _ given: String, _ family: String) {
        self.country = country
        self.share = share
        self.given = given.split(separator: " ").map(String.init)
        self.family = family.split(separator: " ").map { $0.replacingUnderscores }
    }

    static func pick(_ random: inout SeedRandom) -> SeedCulture {
        var place = random.below(all.reduce(0) { $0 + $1.share })
        for culture in all {
            place -= culture.share
            if place < 0 { return culture }
        }
        return all[0]
    }

    static let all = [
        SeedCulture(
            .us, 26,
            "James Mary Robert Linda Michael Susan William Karen David Nancy Joseph Lisa Thomas Betty Charles Sandra "
                + "Daniel Ashley Matthew Kimberly Anthony Emily Mark Donna Steven Michelle Andrew Carol Kevin Amanda",
            "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin Lee "
                + "Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams"
        ),
        SeedCulture(
            .us, 12,
            "José María Luis Ana Carlos Sofía Juan Lucía Miguel Elena Jorge Carmen Andrés Rosa Diego Inés",
            "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz "
                + "Cruz Reyes Núñez Peña"
        ),
        SeedCulture(
            .uk, 16,
            "Oliver Amelia Harry Isla George Poppy Jack Freya Alfie Florence Rhys Siân Callum Eilidh Declan Aoife "
                + "Niall Siobhán",
            "Davies Evans Roberts Hughes Edwards Campbell MacDonald Stewart Murphy O’Brien O'Neill Byrne Fitzgerald "
                + "Ashworth Whitaker Bennett Cartwright Pemberton Hargreaves Doyle"
        ),
        SeedCulture(
            .de, 14,
            "Anna Lukas Lena Jonas Katharina Felix Jürgen Sabine Günther Heike Björn Ute Matthias Anke Stefan Käthe",
            "Müller Schmidt Schneider Fischer Weber Wagner Becker Schäfer Koch Bauer Richter Klein Wolf Schröder "
                + "Neumann Schwarz Krüger Weiß Groß von_Stein"
        ),
        SeedCulture(
            .de, 5,
            "Agnieszka Paweł Małgorzata Łukasz Zofia Krzysztof Jiří Zdeněk Božena Željko",
            "Kowalski Wiśniewska Wójcik Kamiński Zieliński Dvořák Černý Horváth Šimić Đorđević"
        ),
        SeedCulture(
            .us, 5, "Linh Minh Thảo Quang Hương Tuấn Phương Anh", "Nguyễn Trần Lê Phạm Huỳnh Võ Đặng Bùi"
        ),
        SeedCulture(
            .uk, 6,
            "Priya Arjun Ananya Rohan Fatima Ahmed Ayesha Imran Gurpreet Harjit Lakshmi Sanjay",
            "Patel Sharma Singh Kaur Khan Hussain Ali Begum Iyer Chaudhry Nair Bhatt"
        ),
        SeedCulture(
            .de, 5, "Mehmet Ayşe Mustafa Zeynep Ömer Gül Emre Şule", "Yılmaz Kaya Demir Şahin Çelik Öztürk Doğan Aydın"
        ),
        SeedCulture(
            .us, 4, "Omar Layla Yusuf Noor Karim Salma Chidi Ngozi Kwame Ama",
            "Al-Masri Haddad Mansour El-Sayed Okafor Adeyemi Mensah Diallo"
        ),
        SeedCulture(.us, 2, "Wei Mei Jun Xiu Hao Yan", "Zhang Wang Li Chen Liu Huang"),
        SeedCulture(.us, 1, "伟 娜 静 磊 敏", "王 李 张 刘 陈"),
        SeedCulture(.uk, 1, "Haruto Yui Sakura Ren Aoi", "Satō Suzuki Tanaka Watanabe Itō"),
        SeedCulture(.de, 2, "Олена Андрій Ірина Дмитро Анна Сергей", "Коваль Шевченко Бондаренко Иванова Кравчук"),
        SeedCulture(.uk, 1, "Γιώργος Ελένη Νίκος Μαρία", "Παπαδόπουλος Νικολάου Γεωργίου"),
    ]
}

/// Telephone numbers as people write them; those of Britain and Germany are set aside for fiction.
enum SeedPhone {
    enum Country: Sendable { case us, uk, de }

    static func number(_ country: Country, _ random: inout SeedRandom) -> String {
        switch country {
        case .us: us(&random)
        case .uk: uk(&random)
        case .de: de(&random)
        }
    }

    private static let usAreas = [
        "202", "206", "212", "213", "305", "312", "404", "415", "503", "512", "602", "617", "702", "703", "713", "808",
    ]

    private static func us(_ random: inout SeedRandom) -> String {
        let (area, line) = (random.pick(usAreas), random.digits(4))
        return switch random.below(7) {
        case 0: "+1 (\(area)) 555-\(line)"
        case 1: "(\(area)) 555-\(line)"
        case 2: "\(area)-555-\(line)"
        case 3: "+1\(area)555\(line)"
        case 4: "1.\(area).555.\(line)"
        case 5: "\(area) 555 \(line)"
        default: "+1 \(area) 555-\(line) ext. \(random.number(2...99))"
        }
    }

    private static let ukAreas = [
        ("20", "7946 0"), ("113", "496 0"), ("114", "496 0"), ("115", "496 0"), ("121", "496 0"), ("131", "496 0"),
        ("141", "496 0"), ("151", "496 0"), ("161", "496 0"), ("191", "498 0"), ("29", "2018 0"), ("7700", "900"),
    ]

    private static func uk(_ random: inout SeedRandom) -> String {
        let ((area, exchange), line) = (random.pick(ukAreas), random.digits(3))
        return switch random.below(5) {
        case 0: "+44 \(area) \(exchange)\(line)"
        case 1: "0\(area) \(exchange)\(line)"
        case 2: "+44 (0)\(area) \(exchange)\(line)"
        case 3: "(0\(area)) \(exchange)\(line)"
        default: "+44\(area)\(exchange.filter { $0 != " " })\(line)"
        }
    }

    private static let deAreas = [
        ("30", "23125"), ("40", "66969"), ("69", "90009"), ("89", "99998"), ("221", "4710"), ("172", "9925"),
    ]

    private static func de(_ random: inout SeedRandom) -> String {
        let ((area, exchange), line) = (random.pick(deAreas), random.digits(3))
        return switch random.below(5) {
        case 0: "+49 \(area) \(exchange)\(line)"
        case 1: "0\(area)/\(exchange)-\(line)"
        case 2: "+49 (0)\(area) \(exchange) \(line)"
        case 3: "0049 \(area) \(exchange)\(line)"
        default: "(0\(area)) \(exchange)\(line)"
        }
    }
}

/// Addresses at the domains that are set aside for examples.
enum SeedMail {
    private static let domains = ["example.com", "example.org", "example.net"]

    static func address(_ given: String, _ family: String, _ random: inout SeedRandom) -> String {
        let (first, last) = (plain(given), plain(family))
        let suffix = random.chance(60) ? String(random.number(1...9_999)) : ""
        let local =
            switch random.below(3) {
            case 0: "\(first).\(last)\(suffix)"
            case 1: "\(first.prefix(1))\(last)\(suffix)"
            default: "\(first)\(suffix)"
            }
        return "\(local)@\(random.pick(domains))"
    }

    /// The Latin letters of a name without marks; a stand-in where it has none.
    private static func plain(_ name: String) -> String {
        let letters = SeedText.folded(name).filter { $0.isASCII && $0.isLetter }
        return letters.isEmpty ? "customer" : letters
    }
}

extension Substring {
    /// Names of two words stand in the lists with an underscore.
    fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
