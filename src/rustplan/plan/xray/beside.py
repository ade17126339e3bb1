"""Crossings that no call shows: macros used like functions, and variables that a header offers. They carry no hours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from msgspec import structs

from rustplan.model.boundary import Aspect, CrossingKind
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import GlobalVariable, Macro
from rustplan.model.roadmap import Crossing, Direction
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role
from rustplan.plan.boundary import OUTSIDE
from rustplan.plan.public_api import BEYOND
from rustplan.plan.xray.sight import Sight
from rustplan.plan.xray.types import HEADERS

TESTING = (Role.TEST, Role.EXAMPLE)
MOST_HEADERS = 3
"""A macro that more headers define is a name like MIN: it belongs to nobody."""


class Beside:
    """Macros and variables over borders, by component."""

    def __init__(
        self, scan: TreeScan, components: ComponentGraph, sight: Sight, public: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._owner = {path: component.name for component in components.components for path in component.files}
        self._sight = sight
        self._public = frozenset(header for headers in public.values() for header in headers)
        self._found: dict[str, dict[tuple[Direction, str, str], Crossing]] = defaultdict(dict)
        sources = [file for file in scan.files if file.facts.language.is_memory_unsafe and file.role not in TESTING]
        self._macros(sources)
        self._variables(sources)

    def of(self, component: str) -> tuple[Crossing, ...]:
        """Return the crossings of a component, sorted."""
        return tuple(sorted(self._found.get(component, {}).values()))

    def _macros(self, sources: list[FileScan]) -> None:
        defined = _function_macros(sources)
        uses: dict[tuple[str, Macro, str], Counter[str]] = defaultdict(Counter)
        first: dict[tuple[str, Macro, str], tuple[str, int]] = {}
        for file in sources:
            own = {macro.name for macro in file.facts.macros} | {one.name for one in file.facts.functions}
            user = self._owner.get(file.path, "")
            for call in file.facts.calls:
                if call.qualifier or call.callee not in defined or call.callee in own:
                    continue
                found = [(path, macro) for path, macro in defined[call.callee] if file.path in self._sight.files(path)]
                if len(found) == 1 and self._owner.get(found[0][0], "") != user:
                    key = (*found[0], user)
                    uses[key][call.callee] += 1
                    first.setdefault(key, (file.path, call.line))
        for (path, macro, user), counted in sorted(
            uses.items(), key=lambda item: (item[0][0], item[0][1].line, item[0][2])
        ):
            used = self._owner.get(path, "")
            self._add(used, Direction.INBOUND, user, path, macro, counted.total(), first[path, macro, user])
            self._add(user, Direction.OUTBOUND, used, path, macro, counted.total(), first[path, macro, user])
        for path, macro in ((path, macro) for found in defined.values() for path, macro in found):
            if path in self._public and not macro.name.startswith("_"):
                self._add(self._owner.get(path, ""), Direction.INBOUND, BEYOND, path, macro, 0, ("", 0))

    def _add(
        self, component: str, direction: Direction, other: str, path: str, macro: Macro, uses: int, use: tuple[str, int]
    ) -> None:
        """Keep one crossing for a macro and a direction; a second user adds its uses."""
        if not component:
            return
        key = (direction, path, macro.name)
        known = self._found[component].get(key)
        detail = f"stands for a call of {macro.alias}" if macro.alias else "text that the caller's compiler reads"
        if known is None:
            self._found[component][key] = Crossing(
                symbol=macro.name, direction=direction, shape="macro", hours=0.0, path=path, line=macro.line,
                other=other or OUTSIDE, uses=uses, abi="c", used_path=use[0], used_line=use[1],
                aspects=(Aspect(CrossingKind.MACRO, detail),),
            )  # fmt: skip
        elif uses:
            self._found[component][key] = structs.replace(known, uses=known.uses + uses)

    def _variables(self, sources: list[FileScan]) -> None:
        """A variable that a header declares `extern`: everybody who sees the header may use it."""
        defined: dict[str, list[tuple[str, GlobalVariable]]] = defaultdict(list)
        for file in sources:
            for variable in file.facts.globals:
                if not variable.is_extern and not variable.is_static and not file.path.endswith(HEADERS):
                    defined[variable.name].append((file.path, variable))
        for header, declared in _announced(sources):
            found = defined.get(declared.name, [])
            component = self._owner.get(found[0][0], "") if len(found) == 1 else ""
            if not component:
                continue
            path, variable = found[0]
            others = sorted(self._sight.others(header, component) - {""})
            is_public = not self._public.isdisjoint(self._sight.files(header))
            if others or is_public:
                detail = f"{variable.type}, {'constant' if variable.is_const else 'can change'}; declared in {header}"
                seen_by = "" if is_public else "; whether they use it was not read"
                self._found[component].setdefault(
                    (Direction.INBOUND, path, variable.name),
                    Crossing(
                        symbol=variable.name, direction=Direction.INBOUND, shape="global", hours=0.0, path=path,
                        line=variable.line, other=BEYOND if is_public else others[0], uses=0, abi="c", used_path=header,
                        used_line=declared.line,
                        aspects=(Aspect(CrossingKind.GLOBAL, detail + seen_by, header, declared.line, not is_public),),
                    ),
                )  # fmt: skip


def _function_macros(sources: list[FileScan]) -> dict[str, list[tuple[str, Macro]]]:
    """Macros with arguments in headers, by name; names that many headers define are left out."""
    found: dict[str, dict[str, Macro]] = defaultdict(dict)
    for file in sources:
        if file.path.endswith(HEADERS) and file.facts.language in (Language.C, Language.CPP):
            for macro in file.facts.macros:
                if macro.is_function_like:
                    found[macro.name].setdefault(file.path, macro)
    return {
        name: sorted(places.items(), key=lambda item: item[0])
        for name, places in sorted(found.items())
        if len(places) <= MOST_HEADERS
    }


def _announced(sources: list[FileScan]) -> Iterator[tuple[str, GlobalVariable]]:
    """Variables that headers declare `extern`, with the header."""
    for file in sources:
        if file.path.endswith(HEADERS):
            for variable in file.facts.globals:
                if variable.is_extern:
                    yield file.path, variable
