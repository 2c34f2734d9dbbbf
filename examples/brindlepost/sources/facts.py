"""The invented parcel company: what its product runs on the API, and the few who hold a seat. All made up."""

from vendor_exports import Flow

ORGANISATION = "b7e0d4f2-91c6-4a35-8d1e-5c3f20a96417"
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")
ROSTERS = ("2026-06-30", "2026-10-31")
#: Who holds a seat: name, group, tier, least and most messages of a month, and what coding_days takes.
PEOPLE = (
    ("Agnes Tull", "engineering", "Premium", (90, 240), 0.8),
    ("Bao Lindgren", "engineering", "Premium", (120, 320), 1.4),
    ("Carys Amin", "engineering", "Premium", (60, 200), 0.7),
    ("Dario Woll", "engineering", "Premium", (150, 400), 1.1),
    ("Elif Marsh", "engineering", "Premium", (40, 160), 0.5),
    ("Femi Aalto", "engineering", "Premium", (80, 260), 0.9),
    ("Greta Osei", "product", "Standard", (120, 360), 0),
    ("Hamid Roe", "product", "Standard", (90, 240), 0),
    ("Ilse Navarro", "product", "Standard", (60, 200), 0),
    ("Jonah Petrov", "product", "Standard", (140, 420), 0),
    ("Keiko Bram", "product", "Standard", (50, 180), 0),
    ("Lior Hallam", "trade", "Standard", (110, 300), 0),
    ("Mirela Scott", "trade", "Standard", (70, 220), 0),
    ("Nuno Varga", "trade", "Standard", (40, 140), 0),
)
#: Who came later than the first of these months.
JOINED = {"Nuno Varga": "2026-10"}

#: A month's traffic, before growth, of what the usage report tells.
FLOWS = (
    # Opus for everything that a recipient asks, and no cache at all.
    Flow("Chat", "Recipients", "claude-opus-4-8", 1_900, 140, weekend=0.7),
    # Opus for every scan that went wrong, one at a time, though most of it is read the next morning.
    Flow("Triage", "Core", "claude-opus-4-8", 1_500, 85, weekend=0.6),
    # Customs codes are needed by the evening. Some consignments are long lists.
    Flow("Customs", "Trade", "claude-sonnet-4-6", 2_100, 70, weekend=0.5, long=4),
    Flow("Notes", "Drivers", "claude-opus-4-8", 620, 46, weekend=0.6, us=10),
    # The small model, a cache that hits, answers of a line: nothing is left to gain.
    Flow("Address", "Core", "claude-haiku-4-5", 1_300, 230, read=8_800, write_5m=310, weekend=0.6),
    # At night, in batch.
    Flow("Network", "Data", "claude-sonnet-4-6", 700, 40, tier="batch", weekend=1),
)
KEY, WORKSPACE = "apikey_01Brindlepost", "wrkspc_01Brindlepost"
#: Each month has this much more traffic than the one before.
GROWTH = 1.05

#: The carrier-terms assistant: its own workspace, of which the usage report tells nothing. It keeps a log.
TERMS_KEY, TERMS_MODEL = "gateway-terms", "claude-sonnet-4-6"
#: How many sessions a working day has, and from and until which hour (UTC) they begin.
SESSIONS, HOURS = 24, (6, 17)
#: Tokens of the reusable part of each request: tariffs and terms of a region, published anew each month.
REGIONS = {"eu": 138_000, "uk": 121_000, "us": 152_000}
#: The share of requests that a cache served although a header with the time stands ahead of that part.
LUCKY = 0.06
