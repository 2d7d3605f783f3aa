"""Now: at most nine things, for a role at a pause point, most harmful if missed first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.entry import CASE, step_id
from msht_tui.domain.now import NINE, Board, FactRow, LinkRow, Row, StepRow
from msht_tui.domain.pack import ROLES
from msht_tui.summary.words import ROLE
from screens.look import VITAL, Tone, count
from screens.steps_frame import StepsScreen, link_row
from screens.widgets.checklist import ListRow
from screens.widgets.lines import KeyBar
from screens.widgets.panel import Row as PanelRow

NEXT_LIST = "P shows the next list"


class NowScreen(StepsScreen):
    """The board a case opens on."""

    PLACE = "now"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("P", "point", "Pause point", key_display="P", tooltip="The next pause point: another short list for your role"),
        Binding("R", "role", "Role", key_display="R", tooltip="I am: the next role, with its own lists"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *StepsScreen.SHOWN_KEYS[:7],
        ("P", "pause point", "point"),
        ("R", "role", "role"),
        *StepsScreen.SHOWN_KEYS[7:],
    )

    def board(self) -> Board:
        """What the case asks for now."""
        return self.case.board(self.session.role, self.desk.now(), self.session.point)

    def panel(self) -> Sequence[PanelRow]:
        """What stands for as long as it holds."""
        cautions = self.board().cautions
        if not self.case.state.active():
            return (("Nobody is in the case yet: a adds a victim, a suspect or a scene.",), ("1 to 5 open the full phases.",))
        if not cautions:
            return (("No victim in the case yet: a adds one. A suspect may be a victim: v adds them.",),)
        victims = len(self.case.state.active("victim"))
        words = [f"{c.text} ({' '.join(c.subjects)})" if len(c.subjects) < victims else c.text for c in cautions]
        room = self.query_one("#panel").content_size
        return [(line,) for line in _packed("Standing", words, room.width or 78, room.height or 3)]

    def rows(self) -> tuple[ListRow, ...]:
        """The board's rows under its name, then one counted line for other facts."""
        board = self.board()
        rows = [ListRow("board", self._heading(board), tone="heading")]
        rows += [self._row(row) for row in board.rows]
        if board.unset:
            names = ", ".join(f"{name} {' '.join(subjects)}" for name, subjects in board.unset.items())
            first, subjects = next(iter(board.unset.items()))
            title = f"{count(len(board.unset), 'other fact')} not set: {names}"
            rows.append(ListRow("unset", title, "[?]", "waits", "f answers the first", "amber", FactRow(first, "", subjects)))
        if board.words and board.vital_elsewhere:
            rows.append(ListRow("elsewhere", board.words, tone="heading"))
            rows += [self._row(row) for row in board.vital_elsewhere[:NINE]]
        return tuple(rows)

    def _heading(self, board: Board) -> str:
        name = f"{board.title} ({ROLE[board.role]})"
        if board.words:
            return f"{name}. {NEXT_LIST}" if board.vital_elsewhere else f"{name}. {board.words} {NEXT_LIST}"
        more = f", {board.more} more once these are done" if board.more else ""
        return f"{name}{more}"

    def _row(self, row: Row) -> ListRow:
        match row:
            case LinkRow(suspect=suspect):
                return link_row(suspect)
            case FactRow(fact=fact, say=say, subjects=subjects):
                return ListRow(
                    f"fact:{fact}",
                    say or self.case.pack.fact(fact).ask,
                    "[?]",
                    f"{VITAL} {_who(subjects, 5)}",
                    f"{VITAL} {' '.join(subjects)}",
                    "vital",
                    row,
                )
            case StepRow(item=item, say=say, subjects=subjects, overdue=True):
                return ListRow(
                    f"overdue:{item.id}", say, "[~]", f"OVERDUE {_who(subjects, 3)}", f"OVERDUE {' '.join(subjects)}", "red", row
                )
            case StepRow(item=item, say=say, subjects=subjects):
                tone: Tone = "vital" if item.killer else "open"
                if {step_id(item.id, subject) for subject in subjects} <= self._pending:
                    return ListRow(item.id, say, "[.]", "saving", "saving", "open", row)
                who = "" if subjects == (CASE,) else " ".join(subjects)
                vital = f"{VITAL} " if item.killer else ""
                return ListRow(item.id, say, "[ ]", f"{vital}{_who(subjects, 11 - len(vital))}".strip(), f"{vital}{who}".strip(), tone, row)

    def _empty(self) -> bool:
        """Whether the board has nothing that the cursor could stand on."""
        return self.here is None and not any(row.selectable for row in self.rows())

    def why_not(self, action: str) -> str | None:
        """On an empty board the next thing to press is another list."""
        found = super().why_not(action)
        if found is None or self.case.state.closed_at is not None or not (action == "done" or action.startswith("mark(")):
            return found
        return f"Nothing on this list is open: {NEXT_LIST}." if self._empty() else found

    def show_keys(self) -> None:
        """On an empty board the key of the next list stands first."""
        super().show_keys()
        if self._empty():
            bar = self.query_one("#keys", KeyBar)
            bar.show(sorted(bar.keys, key=lambda key: key.action != "point"))

    def action_point(self) -> None:
        """The next pause point of the role."""
        points = self.case.pack.points_for(self.session.role)
        self.session.point = points[(points.index(self.session.point) + 1) % len(points)] if self.session.point in points else points[0]
        self._show_from_the_top()

    def action_role(self) -> None:
        """The next role, at its first pause point."""
        self.session.begin_as(ROLES[(ROLES.index(self.session.role) + 1) % len(ROLES)])
        self._show_from_the_top()
        self.status.say(f"Role of this window: {ROLE[self.session.role].lower()}")

    def _show_from_the_top(self) -> None:
        """Another list: the cursor begins at its first row."""
        self.draw()
        self.checklist.action_edge(0)


def _who(subjects: Sequence[str], room: int = 11) -> str:
    """The subjects in so many columns, the rest counted."""
    if tuple(subjects) == (CASE,):
        return ""
    text = " ".join(subjects)
    return text if len(text) <= room else f"{subjects[0]} +{len(subjects) - 1}"


def _packed(name: str, words: Sequence[str], width: int, height: int) -> list[Content]:
    """Whole sentences laid into so many lines, none of them cut; those that do not fit are counted."""
    lines = [f"{name}  "] + [""] * (height - 1)
    left_out = 0
    for sentence in words:
        for index, line in enumerate(lines):
            gap = "" if not line or line.endswith("  ") else "   "
            if len(line) + len(gap) + len(sentence) <= width - (8 if index == height - 1 else 0):
                lines[index] = line + gap + sentence
                break
        else:
            left_out += 1
    if left_out:
        lines[-1] += f"  +{left_out} more"
    first = Content.assemble((lines[0][: len(name)], "bold $warning"), lines[0][len(name) :])
    return [first, *(Content(line) for line in lines[1:])]
