"""A case of many entries: what it costs to open it, to fold it, to put its log into words, and to look for something in them.

    python bench/log.py [--entries 1000] [--quick] [--write]

Times of one machine say little; the ratios to reading the same entries with `json.loads`, in the same run, say more.
`--write` puts the table into docs/benchmarks-log.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.run import ROOT, NoSync, Row, casework, in_rounds, machine, table
from msht_tui.domain.case import fold
from msht_tui.service import CaseView, Casework
from msht_tui.summary.log import Log, LogQuery

PAGE = ROOT / "docs" / "benchmarks-log.md"
ENTRIES = 1000
ROUNDS = 200
ZONE = ZoneInfo("Europe/London")
NOTE = "She said that the van came back at about ten, that two men got out, and that one of them spoke to the neighbour for a while."
RARE = "a word that stands once: turnstile"
VICTIMS = ("V1", "V2", "V3")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks-log.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        case_id = long_case(casework(root, NoSync()), options.entries)
        page = table(measure(root, case_id, ROUNDS // 10 if options.quick else ROUNDS))
    print(f"{machine()}\n\n{page}")
    if options.write:
        PAGE.write_text(f"{head(options.entries)}\n{machine()}\n\n{page}\n", "utf-8")
    return 0


def long_case(work: Casework, entries: int) -> str:
    """A case of at least so many entries of every kind that people make, every twentieth act struck through; its id."""
    case = work.open_case(reference="BENCH-1").case_id
    for victim in VICTIMS:
        work.add_subject(case, "victim")
        work.set_facts(case, [victim], {"age": "adult"})
    steps = [step for step in work.view(case).steps if step.active]
    work.note(case, RARE)
    turns = 0
    while (number := work.view(case).state.number) < entries:
        for act in acts(work, case, steps[turns % len(steps)].item.id, steps[turns % len(steps)].subject, VICTIMS[turns % 3]):
            act()
        if turns % 4 == 0:
            work.strike(case, number + 1, because="Said of somebody else")
        turns += 1
    return case


def acts(work: Casework, case: str, item: str, subject: str, victim: str) -> Sequence[Callable[[], object]]:
    """One turn of what people do."""
    return (
        lambda: work.mark(case, item, [subject], "done", because="It was seen to"),
        lambda: work.note(case, NOTE, subject=victim, verbatim=True),
        lambda: work.interaction(case, [victim], NOTE, how="in-person", interpreter="telephone service", demeanour="Tired"),
        lambda: work.provision(case, list(VICTIMS), "food", "Hot meal", quantity="1"),
    )


def measure(root: Path, case_id: str, rounds: int) -> list[Row]:
    """Each thing once a round, the floor first."""
    work = casework(root, NoSync())
    view = work.view(case_id)
    documents = json.dumps([entry.document() for entry in view.entries], ensure_ascii=False).encode()
    log = Log(view, ZONE)
    more = work.note(case_id, "One more")
    everything, once, narrow = (
        LogQuery(text="e"),
        LogQuery(text="turnstile"),
        LogQuery(subject="V2", kind="note-added", text="van neighbour"),
    )
    if not (len(log.chosen(once)) == 1 and 1 < len(log.chosen(narrow)) < len(log.chosen(everything)) <= len(log.rows)):
        sys.exit("the filters do not find what they should")
    return in_rounds(
        [
            (Row("`json.loads` of the entries"), lambda: json.loads(documents)),
            (Row("open the case: read, check, decode"), lambda: casework(root, NoSync()).store.open(case_id)),
            (Row("fold: what the entries add up to"), lambda: fold(view.entries)),
            (Row("every step of it"), lambda: len(CaseView(view.pack, view.state, view.entries).steps)),
            (Row("its log in words"), lambda: Log(view, ZONE)),
            (Row("its log in words, after one more entry"), lambda: Log(more, ZONE, log)),
            (Row("a filter that holds for nearly all"), lambda: log.chosen(everything)),
            (Row("a filter that finds one"), lambda: log.chosen(once)),
            (Row("a filter by person, kind and words"), lambda: log.chosen(narrow)),
        ],
        rounds,
    )


def head(entries: int) -> str:
    return f"""# A log of {entries:,} entries

Measured in one run of `python bench/log.py --write`, on a case of at least {entries:,} entries of many kinds, some of them struck.
Each row is held against reading the same entries with Python's own `json.loads`: times of one machine say little, and the ratios
say more. People notice a screen that stands still for about 100 ms.
"""


if __name__ == "__main__":
    sys.exit(main())
