"""Takes the X-ray of every component that has a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import structs

from rustplan.catalog.binding_tools import BindingTools, load_binding_tools
from rustplan.catalog.crossings import load_crossings
from rustplan.model.boundary import Aspect, CrossingKind, KindCount, Xray
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import Function
from rustplan.model.finding import Track
from rustplan.model.roadmap import Boundary, Crossing, Direction, Step
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.jni_side import declared_in_java
from rustplan.plan.public_api import BEYOND, PublicApi, find_public_api
from rustplan.plan.xray.advice import packed_buffer_advice
from rustplan.plan.xray.beside import Beside
from rustplan.plan.xray.hidden import Hidden, thread_of
from rustplan.plan.xray.ownership import Owners, handle_aspect
from rustplan.plan.xray.sight import Sight
from rustplan.plan.xray.signature_aspects import Seen, is_jni, signature_aspects
from rustplan.plan.xray.tools import choose, hard_cases, verdicts, words_of
from rustplan.plan.xray.types import Place, TypeIndex

MOST_HARD = 40
"""Hard cases that are kept for a component; they are counted in full."""


def with_xrays(
    steps: Sequence[Step], scan: TreeScan, components: ComponentGraph, graph: CodeGraph, public: PublicApi | None = None
) -> tuple[Step, ...]:
    """Return the steps, each boundary with what is special in its crossings and what binding tools do with them.

    `public` is the public API when it is known already.
    """
    if not steps:
        return ()
    rays = _Rays(scan, components, graph, public or find_public_api(scan, components, graph))
    return tuple(structs.replace(step, boundary=rays.boundary_of(step)) for step in steps)


class _Rays:
    """Everything that is looked up for a crossing, indexed once for the tree."""

    def __init__(self, scan: TreeScan, components: ComponentGraph, graph: CodeGraph, public: PublicApi) -> None:
        self._components = {component.name: component for component in components.components}
        self._owner = {path: component.name for component in components.components for path in component.files}
        self._files = {file.path: file for file in scan.files}
        self._sight = Sight(graph, self._owner)
        self._types = TypeIndex(scan)
        self._hidden = Hidden(scan, graph)
        self._headers = public.headers
        self._beside = Beside(scan, components, self._sight, public.headers)
        self._functions: dict[str, dict[int, Function]] = {}
        self._owners: dict[str, Owners] = {}
        self._tools = load_binding_tools()

    def boundary_of(self, step: Step) -> Boundary:
        """Return the boundary of a step under X-ray."""
        boundary, component = step.boundary, self._components[step.component]
        thread = thread_of(self._sources(step.component))
        crossings = tuple(self._with_aspects(crossing, step.component, thread) for crossing in boundary.crossings)
        beside = self._beside_of(step, crossings) if step.track is Track.MEMORY_SAFETY else ()
        is_mirrored = is_java_memory(component, step.track)
        xray = _xray((*crossings, *beside), self._tools, boundary.mechanism, is_mirrored=is_mirrored)
        if boundary.mechanism in ("none", boundary.runner_up):
            boundary = structs.replace(boundary, runner_up="", runner_up_because="")
        return structs.replace(boundary, crossings=crossings, beside=beside, xray=xray)

    def _beside_of(self, step: Step, crossings: Sequence[Crossing]) -> tuple[Crossing, ...]:
        """Macros and variables; a variable that stands among the crossings already is left out."""
        known = {(crossing.path, crossing.symbol) for crossing in crossings}
        return tuple(one for one in self._beside.of(step.component) if (one.path, one.symbol) not in known)

    def _with_aspects(self, crossing: Crossing, component: str, thread: tuple[str, int] | None) -> Crossing:
        return structs.replace(crossing, aspects=tuple(self._aspects(crossing, component, thread)))

    def _aspects(self, crossing: Crossing, component: str, thread: tuple[str, int] | None) -> list[Aspect]:
        if crossing.shape == "global":
            return [Aspect(CrossingKind.GLOBAL, self._variable(crossing))]
        native = self._declared_in_java(crossing)
        function = native or self._function(crossing.path, crossing.line)
        if function is None:
            return [Aspect(CrossingKind.UNKNOWN, "its signature was not read", is_inferred=True)]
        language = Language.JAVA if native else self._files[crossing.path].facts.language
        found = [Aspect(CrossingKind.FUNCTION)]
        found += signature_aspects(function, language, crossing.path, self._types, self._seen_by(crossing))
        if language is Language.JAVA:
            owns = handle_aspect(function) if native else None
        else:
            owns = None if is_jni(function) else self._owners_of(self._owner.get(crossing.path, "")).aspect(function)
        found += [owns] if owns else []
        body = self._function(crossing.path, crossing.line) if native else function
        found += self._hidden.aspects(crossing.path, crossing.symbol, body) if body else ()
        taken = self._hidden.address_taken(crossing.path, crossing.symbol, self._owner, component)
        found += [taken] if taken and crossing.direction is Direction.INBOUND else []
        if thread and CrossingKind.CALLBACK in {aspect.kind for aspect in found}:
            found.append(
                Aspect(
                    CrossingKind.THREAD,
                    "the component starts threads: the callback may run on one",
                    *thread,
                    is_inferred=True,
                )
            )
        return _once(found)

    def _seen_by(self, crossing: Crossing) -> Seen:
        """Tell whether the body of a record is seen on the other side of the border of this crossing."""
        owner = self._owner.get(crossing.path, "")

        def seen(_name: str, place: Place) -> bool:
            files = self._sight.files(place.path)
            if crossing.path not in files:
                return False
            if crossing.other == BEYOND:
                return any(header in files for header in self._headers.get(owner, ()))
            return crossing.used_path in files or any(self._owner.get(path) == crossing.other for path in files)

        return seen

    def _variable(self, crossing: Crossing) -> str:
        facts = self._files[crossing.path].facts if crossing.path in self._files else None
        for variable in facts.globals if facts else ():
            if variable.name == crossing.symbol and not variable.is_extern:
                return f"{variable.type}, {'constant' if variable.is_const else 'can change'}"
        return "its definition was not read"

    def _function(self, path: str, line: int) -> Function | None:
        if path not in self._functions:
            file = self._files.get(path)
            self._functions[path] = {one.start_line: one for one in reversed(file.facts.functions)} if file else {}
        return self._functions[path].get(line)

    def _declared_in_java(self, crossing: Crossing) -> Function | None:
        """What Java says of a native function that it calls."""
        user = self._files.get(crossing.used_path)
        if crossing.abi != "java" or user is None or user.facts.language is not Language.JAVA:
            return None
        return None if crossing.path.endswith(".java") else declared_in_java(crossing.symbol, user.facts.functions)

    def _owners_of(self, component: str) -> Owners:
        if component not in self._owners:
            self._owners[component] = Owners(self._sources(component))
        return self._owners[component]

    def _sources(self, component: str) -> list[FileScan]:
        known = self._components.get(component)
        paths = sorted(known.files) if known else []
        return [self._files[path] for path in paths if path in self._files]


def _once(aspects: Iterable[Aspect]) -> list[Aspect]:
    """One aspect of a kind with the same words is enough."""
    return list({(aspect.kind, aspect.detail): aspect for aspect in aspects}.values())


def _xray(crossings: Sequence[Crossing], tools: BindingTools, mechanism: str, *, is_mirrored: bool) -> Xray:
    if not crossings:
        return Xray()
    choice = choose(tools, crossings, is_mirrored=is_mirrored)
    hard = hard_cases(choice, crossings, is_mirrored=is_mirrored)
    return Xray(
        kinds=tuple(_counts(crossings)),
        verdicts=verdicts(tools, crossings, is_mirrored=is_mirrored),
        cheapest=tuple(tool.id for tool in choice.tools),
        because=words_of(choice, len(crossings)),
        left=choice.left,
        hard=tuple(hard[:MOST_HARD]),
        hard_more=max(0, len(hard) - MOST_HARD),
        advice=packed_buffer_advice(crossings, load_crossings(), mechanism),
        ambiguous=sum(1 for crossing in crossings if crossing.is_ambiguous),
    )


def _counts(crossings: Sequence[Crossing]) -> Iterable[KindCount]:
    """How many crossings have each kind; a crossing counts once for a kind, sure when one of its aspects is."""
    counted: Counter[tuple[CrossingKind, Direction]] = Counter()
    inferred: Counter[CrossingKind] = Counter()
    for crossing in crossings:
        sure: dict[CrossingKind, bool] = {}
        for aspect in crossing.aspects:
            sure[aspect.kind] = sure.get(aspect.kind, False) or not aspect.is_inferred
        for kind, is_sure in sure.items():
            counted[kind, crossing.direction] += 1
            inferred[kind] += crossing.is_ambiguous or not is_sure
    for kind in CrossingKind:
        inbound, outbound = counted[kind, Direction.INBOUND], counted[kind, Direction.OUTBOUND]
        if inbound or outbound:
            yield KindCount(kind, inbound, outbound, inferred[kind])
