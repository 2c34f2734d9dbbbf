"""The invented law firm: who works there, who holds a seat since when, and what for. All made up."""

from dataclasses import dataclass

from vendor_exports import Flow

ORGANISATION = "8f2b61c4-03d7-4e59-b1aa-77d09c4e1203"
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")
#: The days of the member downloads; people come and go between them.
ROSTERS = ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")
FIRST_NAMES = (
    "Alba", "Bram", "Cora", "Dov", "Edda", "Finn", "Gwen", "Hana", "Idris", "Jude", "Kaia", "Leon", "Maud",
    "Noor", "Otis", "Pia", "Ravi", "Sive", "Tove", "Una", "Vito", "Wren", "Yosef", "Zara", "Anouk", "Cian",
    "Delphine", "Emre", "Freya", "Goran",
)  # fmt: skip
LAST_NAMES = (
    "Ashdown", "Birch", "Calder", "Dray", "Ellery", "Fenwick", "Garth", "Holm", "Ivers", "Jessop", "Kerr",
    "Lomax", "Mercer", "Nairn", "Orrell", "Penn", "Quayle", "Royle", "Selby", "Thorne", "Ure", "Vance",
    "Whitlow",
)  # fmt: skip
#: How many people each group has, of those who are there in October.
GROUPS = {
    "litigation": 148,
    "corporate": 136,
    "property": 92,
    "operations": 78,
    "employment": 58,
    "private-client": 44,
    "technology": 36,
    "knowledge": 28,
}
NOTHING = (0, 0)


@dataclass(frozen=True)
class Crowd:
    """People who use their seat alike.

    ``messages`` are the least and most of each month. They are on the rosters from number ``first`` up to
    and without ``gone``; with ``tier`` empty they have no seat. ``coding`` is what :func:`coding_days` takes.
    Somebody who is ``kept`` has a reason to hold an idle seat, and a day until which it holds.
    """

    people: int
    tier: str
    messages: tuple[tuple[int, int], ...] = (NOTHING,) * 4
    first: int = 0
    gone: int = 5
    coding: float = 0
    groups: tuple[str, ...] = ()
    kept: tuple[str, str] = ("", "")


def always(least: int, most: int) -> tuple[tuple[int, int], ...]:
    return ((least, most),) * 4


CROWDS = (
    # Premium: three who code all day, those who code at times, partners who chat, and partners who do not.
    Crowd(3, "Premium", always(80, 200), coding=4.2, groups=("technology",)),
    Crowd(9, "Premium", always(60, 220), coding=0.6, groups=("technology", "knowledge")),
    Crowd(26, "Premium", always(150, 500), groups=("litigation", "corporate")),
    Crowd(6, "Premium", always(2, 15), groups=("property", "corporate")),
    Crowd(15, "Premium", groups=("litigation", "corporate", "property")),
    Crowd(1, "Premium", groups=("technology",), kept=("break-glass account", "2027-06-30")),
    # Standard: in full use, in some use, and a message now and then.
    Crowd(55, "Standard", always(260, 700)),
    Crowd(150, "Standard", always(60, 220)),
    Crowd(132, "Standard", always(4, 22)),
    # Standard: nothing since before July, nothing since August, nothing since September.
    Crowd(80, "Standard"),
    Crowd(35, "Standard", ((20, 90), (4, 40), NOTHING, NOTHING)),
    Crowd(18, "Standard", ((20, 90), (20, 90), (4, 40), NOTHING)),
    # Given in July and never used; newcomers of September and October.
    Crowd(17, "Standard", first=1),
    Crowd(12, "Standard", (NOTHING, NOTHING, (10, 60), (30, 160)), first=3),
    Crowd(9, "Standard", (NOTHING, NOTHING, NOTHING, (10, 60)), first=4),
    # Seats that changed hands in August.
    Crowd(14, "Standard", ((20, 160), (0, 20), NOTHING, NOTHING), gone=2),
    Crowd(14, "Standard", (NOTHING, (10, 90), (60, 220), (60, 220)), first=2),
    # The vacation scheme: there for two rosters, and the reason for the true-up.
    Crowd(44, "Standard", (NOTHING, (20, 120), (20, 120), NOTHING), first=2, gone=4),
    # Kept for a reason, though idle.
    Crowd(9, "Standard", kept=("parental leave", "2027-03-01")),
    Crowd(2, "Standard", kept=("sick leave", "2027-01-01")),
    Crowd(3, "Standard", kept=("legal hold on a leaver's account", "2027-09-30")),
    Crowd(2, "Standard", kept=("secondment to a client", "2027-02-01")),
    # Without a seat.
    Crowd(22, ""),
)
#: How many people of one group hold a seat of the research product, whose vendor exports no activity.
RESEARCHERS = ("litigation", 24)

#: A month of the two internal tools. Keys and workspaces are without what all of them begin with.
FLOWS = (
    Flow("Precedents", "Knowledge", "claude-sonnet-4-6", 62, 5, weekend=0.1),
    Flow("Intake", "Operations", "claude-haiku-4-5", 150, 9, weekend=0.1),
)
KEY, WORKSPACE = "apikey_01Ottermere", "wrkspc_01Ottermere"
#: Each month has this much more traffic than the one before.
GROWTH = 1.02
