"""The invented company: who works there, what runs on the API, and how much of it. All of it is made up."""

from dataclasses import dataclass

from vendor_exports import Flow

ORGANISATION = "5d1c0de0-6a7b-4c8d-9e0f-2214aa620620"
MONTHS = ("2026-09", "2026-10")
FIRST_NAMES = (
    "Ada", "Bela", "Chen", "Dara", "Emil", "Fatma", "Gita", "Hugo", "Ines", "Jonas", "Kira", "Lars", "Mina",
    "Nils", "Oona", "Pavel", "Quinn", "Rosa", "Sami", "Tara", "Umar", "Vera", "Wim", "Xenia", "Yara",
    "Zeno", "Aldo", "Bruna", "Cleo", "Dion", "Esme",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Brandt", "Costa", "Dumont", "Eriksen", "Ferro", "Grau", "Hale", "Ito", "Jansen", "Keller",
    "Lindqvist", "Moreau", "Novak", "Okafor", "Pires", "Quist", "Rossi", "Sorensen", "Tamm",
)  # fmt: skip
#: How many people each group has.
GROUPS = {
    "operations": 214,
    "customer-care": 128,
    "engineering": 92,
    "sales": 84,
    "finance": 52,
    "data": 26,
    "legal": 24,
}


@dataclass(frozen=True)
class Crowd:
    """People who use their seat alike. ``messages`` and ``sessions`` are a month's least and most."""

    people: int
    tier: str
    messages: tuple[int, int]
    sessions: tuple[int, int] = (0, 0)
    groups: tuple[str, ...] = ()


CROWDS = (
    Crowd(3, "Premium", (0, 0), groups=("engineering",)),
    Crowd(3, "Premium", (0, 0), groups=("sales",)),
    Crowd(2, "Premium", (0, 0), groups=("legal",)),
    Crowd(2, "Premium", (4, 20), groups=("finance",)),
    Crowd(25, "Premium", (60, 260), (4, 14), groups=("engineering", "data")),
    Crowd(45, "Premium", (120, 700), (25, 90), groups=("engineering", "data")),
    Crowd(34, "Standard", (90, 240), groups=("operations",)),
    Crowd(137, "Standard", (0, 0)),
    Crowd(119, "Standard", (2, 30)),
    Crowd(174, "Standard", (40, 220)),
    Crowd(76, "Standard", (260, 900)),
)


#: Keys and workspaces, without what all of them begin with.
FLOWS = (
    Flow("Support", "Care", "claude-opus-4-8", 3_150, 378, read=50, weekend=0.6),
    Flow("Search", "Platform", "claude-sonnet-4-6", 4_800, 480, long=12),
    Flow("Shipdocs", "Documents", "claude-opus-5", 2_050, 240, weekend=0.8),
    Flow(
        "Review",
        "Developer",
        "claude-sonnet-4-6",
        1_900,
        150,
        read=200,
        write_5m=130,
        write_1h=20,
        weekend=0.1,
    ),
    Flow("Tender", "Commercial", "claude-opus-4-8", 1_200, 40, us=30),
    Flow("Rates", "Commercial", "claude-opus-4-8", 700, 82),
    Flow("Nightly", "Data", "claude-opus-4-8", 980, 84, tier="batch", weekend=1),
    Flow("Clauses", "Legal", "claude-opus-4-8", 300, 30, searches=17_000, weekend=0.05),
    Flow("Customs", "Documents", "claude-haiku-4-5", 280, 60, weekend=0.8),
    Flow("Scratch", None, "claude-haiku-4-5", 60, 8, weekend=0.1),
)
KEY, WORKSPACE = "apikey_01Meridian", "wrkspc_01Meridian"
#: October has this much more traffic than September.
GROWTH = 1.03


@dataclass(frozen=True)
class Other:
    """A month's traffic at the other vendor, in millions of tokens; ``cached`` is part of ``prompt``."""

    key: str = "key_MeridianCalls"
    project: str = "proj_MeridianCare"
    model: str = "gpt-5.4-mini"
    prompt: int = 420
    cached: int = 90
    output: int = 60
    requests: int = 46_000


OTHER = Other()
