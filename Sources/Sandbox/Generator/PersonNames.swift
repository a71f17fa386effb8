/// A name as it is written and as it stands in an e-mail address.
struct PersonName {
    let written: String
    let local: String
}

/// Names of people, of many scripts.
enum PersonNames {
    private static let latinGiven = [
        "Ana", "Bob", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "Ingrid", "Jonas",
        "Katarína", "Liam", "Maëlle", "Noor", "Óscar", "Priya", "Quentin", "Renée", "Søren",
        "Tomás", "Ursula", "Viktor", "Wren", "Ximena", "Yusuf", "Zoë",
    ]
    private static let latinFamily = [
        "Almeida", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Horváth",
        "Ivanova", "Jansen", "Kowalski", "Lindström", "Müller", "Nguyễn", "O'Neil", "Petrov",
        "Quispe", "Rossi", "Šimić", "Tanaka", "Usman", "Vega", "Weiß", "Xu", "Yılmaz", "Zhang",
    ]
    /// Latin letters with marks, and what they become in an address.
    private static let plain: [Character: String] = [
        "á": "a", "à": "a", "ã": "a", "ć": "c", "é": "e", "ë": "e", "í": "i", "ı": "i",
        "ö": "o", "ó": "o", "ø": "o", "š": "s", "ß": "ss", "ü": "u", "ễ": "e", "'": "",
    ]

    private static let others = [
        PersonName(written: "Дмитрий Соколов", local: "dmitry.sokolov"),
        PersonName(written: "Олена Шевченко", local: "olena.shevchenko"),
        PersonName(written: "Γιώργος Παπαδόπουλος", local: "giorgos.papadopoulos"),
        PersonName(written: "محمد العلي", local: "mohammed.alali"),
        PersonName(written: "שירה לוי", local: "shira.levi"),
        PersonName(written: "अनन्या शर्मा", local: "ananya.sharma"),
        PersonName(written: "王小明", local: "xiaoming.wang"),
        PersonName(written: "佐藤 花子", local: "hanako.sato"),
        PersonName(written: "김민준", local: "minjun.kim"),
        PersonName(written: "สมชาย ใจดี", local: "somchai.jaidee"),
        PersonName(written: "நிலா குமார்", local: "nila.kumar"),
        PersonName(written: "ნინო ბერიძე", local: "nino.beridze"),
    ]

    /// Of all names, those of other scripts.
    private static let shareOfOthers = 0.18

    static func next(_ random: inout SplitMix64) -> PersonName {
        if random.happens(shareOfOthers) { return random.pick(others) }
        let given = random.pick(latinGiven)
        let family = random.pick(latinFamily)
        return PersonName(
            written: "\(given) \(family)", local: "\(ascii(given)).\(ascii(family))")
    }

    private static func ascii(_ name: String) -> String {
        name.lowercased().map { plain[$0] ?? String($0) }.joined()
    }
}
