/// What one kind of small business does: jobs, where, and what people say about them.
struct SeedTrade: Sendable {
    let name: String
    let jobs: [String]
    let places: [String]
    let symptoms: [String]
    let labels: [String]
    let models: [String]

    static let plumbing = SeedTrade(
        name: "Plumbing",
        jobs: [
            "Leaking tap", "Blocked drain", "Replace shower valve", "Burst pipe", "Toilet keeps running",
            "Install dishwasher", "Low water pressure", "Water heater does not heat", "Fit new basin",
            "Replace stopcock", "Sump pump inspection", "Garbage disposal jammed", "Reseal bathtub",
            "Move washing machine outlet", "Frozen outdoor tap", "Annual boiler service", "Radiator stays cold",
            "Smell of sewage",
        ],
        places: [
            "kitchen", "upstairs bathroom", "guest bathroom", "basement", "utility room", "garage", "en-suite",
            "laundry", "garden", "flat 3", "staff toilet", "main hall",
        ],
        symptoms: [
            "Water drips even when the tap is closed.", "It started on Sunday night and is getting worse.",
            "The floor below is already damp.", "There is a loud knocking in the pipes.",
            "Only lukewarm water comes out.", "The previous repair lasted two weeks.",
            "The shut-off valve is stuck.", "Neighbours below have noticed a stain on their ceiling.",
        ],
        labels: ["leak", "drain", "heating", "bathroom", "emergency", "warranty"],
        models: ["Moen 1225", "Grohe Eurosmart", "Rheem XE50", "Kohler K-2362", "Geberit Sigma 12", "Vaillant ecoTEC"]
    )

    static let electrics = SeedTrade(
        name: "Electrics",
        jobs: [
            "Socket without power", "Fit smoke alarms", "Replace fuse box", "Flickering lights", "Install car charger",
            "Rewire lamp", "Safety certificate", "Outdoor lighting", "Breaker trips every evening", "Hang chandelier",
            "Doorbell silent", "Extra sockets",
        ],
        places: ["living room", "hallway", "shop floor", "office 2", "workshop", "attic", "terrace", "stairwell"],
        symptoms: [
            "The breaker trips as soon as the kettle is on.", "It smells of burnt plastic.",
            "The lights flicker when the lift runs.", "The landlord needs the certificate by the end of the month.",
            "The old cables have cloth insulation.", "Nobody knows which fuse belongs to the room.",
        ],
        labels: ["certificate", "wiring", "lighting", "charger", "emergency"],
        models: ["Hager MCB", "Schneider Acti9", "Wallbox Pulsar", "Gira E2", "Legrand Mosaic"]
    )

    static let computers = SeedTrade(
        name: "Computers",
        jobs: [
            "Laptop does not start", "Printer offline", "Set up new workstation", "Slow wifi", "Restore from backup",
            "Replace cracked screen", "Mailbox full", "Move to new phone", "Virus warning", "Scanner driver",
            "Label printer prints blank", "Till cannot reach the server",
        ],
        places: ["front desk", "accounting", "meeting room", "warehouse", "home office", "branch", "surgery 1"],
        symptoms: [
            "It worked until the last update.", "The screen stays black but the fan runs.",
            "Three people cannot work at the moment.", "The error says that the device is not reachable.",
            "A restart did not help.", "We need the files from last quarter.",
        ],
        labels: ["hardware", "network", "printer", "backup", "onboarding"],
        models: ["ThinkPad T14", "LaserJet M404", "Zebra ZD421", "UniFi U6", "MacBook Air", "Synology DS223"]
    )

    static let appliances = SeedTrade(
        name: "Appliances",
        jobs: [
            "Oven does not heat", "Fridge too warm", "Washing machine leaks", "Dryer squeaks", "Dishwasher error E24",
            "Ice maker stuck", "Coffee machine descaling", "Hob glass cracked", "Freezer alarm", "Door seal torn",
        ],
        places: ["kitchen", "bakery", "canteen", "bar", "laundry room", "holiday flat", "staff kitchen"],
        symptoms: [
            "The display shows an error and the door stays locked.", "It makes a grinding noise while spinning.",
            "The food has to be moved to a neighbour.", "The warranty ends next month.",
            "The part was ordered once already.", "It stops in the middle of the programme.",
        ],
        labels: ["spare part", "warranty", "noise", "cooling", "pickup"],
        models: ["Bosch SMV46", "Miele WDB030", "Samsung RF28", "Siemens HB510", "LG F4WV", "Jura E8"]
    )

    static let property = SeedTrade(
        name: "Property care",
        jobs: [
            "Gutter cleaning", "Broken window", "Repaint wall", "Lost keys", "Lawn and hedges", "Mould behind wardrobe",
            "Roof tile loose", "Deep clean before handover", "Door does not close", "Fence blown over",
            "Wasps’ nest", "Snow clearing", "Squeaking floorboards", "Move-out inspection",
        ],
        places: [
            "flat 12", "house 4b", "courtyard", "north façade", "roof terrace", "entrance", "bedroom", "café",
            "bike room",
        ],
        symptoms: [
            "Tenants have complained twice.", "It must be done before the new tenants arrive.",
            "Rain comes in when the wind is from the west.", "Please bring a long ladder.",
            "The lock turns but the door stays shut.", "Photos were sent by e-mail.",
        ],
        labels: ["tenant", "roof", "garden", "cleaning", "keys", "handover"],
        models: ["Abus lock", "Velux GGL", "Farrow & Ball No. 2001", "Husqvarna 122"]
    )

    static let all = [plumbing, electrics, computers, appliances, property]

    static let wishes = [
        "Please call before coming.", "Mornings are best.", "Any time after 3 pm.", "The dog is friendly.",
        "Ring at the side door.", "Parking is in the yard.", "Please send a quote first.", "It is urgent for us.",
        "We are away until Thursday.", "The caretaker has the keys.", "Invoice goes to the company.", "",
    ]

    static let memberComments = [
        "Called the customer, no answer; will try again tomorrow.", "Part ordered, three to five working days.",
        "Visited and took photos. Quote follows.", "Quote accepted by phone.", "Done and tested, customer is happy.",
        "Access was not possible, nobody at home.", "Waiting for the supplier to confirm the price.",
        "Rescheduled to next week at the customer's request.", "Needs a second person and the long ladder.",
        "Measured on site; standard size fits.", "Under warranty, claim sent to the maker.",
        "Checked the neighbouring unit as well, all fine.", "Invoice sent.",
    ]

    static let customerComments = [
        "Any news on this?", "Thank you, it works again!", "Tuesday would suit us better.",
        "It is still dripping a little.",
        "Please use the back entrance.", "Could you send the invoice as PDF?", "The noise is back since this morning.",
        "Yes, please go ahead with the quote.", "Nobody came today. When can we expect you?", "Perfekt, vielen Dank!",
        "¿Pueden venir el viernes?", "I have sent two photos by e-mail.", "The key is under the blue pot.",
    ]

    static let businesses = [
        "Bakery", "Dental Practice", "Properties", "Café", "Hotel", "Logistics", "Garage", "Pharmacy", "Law Office",
        "Primary School", "Studio", "Holdings", "Farm Shop", "Veterinary Clinic", "Bookshop", "Brewery",
    ]

    static let cities = [
        "Arlington", "Portland", "Springfield", "Leeds", "Bristol", "Edinburgh", "Köln", "Hamburg", "München", "Austin",
        "San José", "Galway", "Cardiff", "Boston", "Łódź", "Zürich",
    ]

    static let streets = [
        "Harbour Street", "Oak Lane", "Mill Road", "Station Square", "Elm Avenue", "Church Street", "Lindenstraße",
        "Bahnhofstraße", "Main Street", "High Street", "Calle Mayor", "Dock Road", "King’s Parade", "Birch Close",
    ]

    /// The questions of the board, for every trade.
    static let questions = """
        [{"key":"address","label":"Where is the job?","type":"text","required":true},
        {"key":"access","label":"How do we get in?","type":"choice","required":false,\
        "options":["Somebody is at home","Key at the neighbour's","Key box","Reception"]},
        {"key":"preferred_time","label":"When suits you best?","type":"choice","required":false,\
        "options":["Morning","Afternoon","Evening","Any time"]},
        {"key":"model","label":"Make and model, if you know it","type":"text","required":false}]
        """
    static let accesses = ["Somebody is at home", "Key at the neighbour's", "Key box", "Reception"]
    static let times = ["Morning", "Afternoon", "Evening", "Any time"]
}
