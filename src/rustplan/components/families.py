"""Families of files in one flat folder: by the first word of their names, by a shared prefix, and by who uses whom."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from posixpath import basename

import msgspec

from rustplan.components.coupling import Coupling
from rustplan.components.files import Atom
from rustplan.components.scale import Scale

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MOST_SHARED = 0.6
_DOMINANT = 0.51
_ALMOST_ALL = 0.75
_MUTUAL, _CLEAR_LEAD = 0.45, 1.5
_USED_BY, _FEWEST_USERS = 0.5, 3
_COHESIVE = 0.2
_ENOUGH_FILES = 4
_FEW = 4
_LONGEST_COMMON = 12


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Files of one folder that belong together. `label` is "" for the helpers that belong to nobody in particular."""

    label: str
    atoms: tuple[Atom, ...]
    because: str

    @property
    def sloc(self) -> int:
        """Code lines of all its files."""
        return sum(atom.sloc for atom in self.atoms)

    @property
    def key(self) -> str:
        """Its first path: labels may be alike, files never are."""
        return self.files[0]

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all its files."""
        return tuple(path for atom in self.atoms for path in atom.files)


def name_families(atoms: Sequence[Atom], coupling: Coupling, scale: Scale) -> tuple[Family, ...]:
    """Divide a flat folder. Small families join the one that most of their coupling goes to; the rest stays together without a label."""
    code = [atom for atom in atoms if not atom.is_declarations]
    families = _without_loose_words(_by_first_word(code), coupling)
    families = _by_prefix(families, coupling, scale, common=_common_word(code))
    families = _join_partners(families, coupling, scale)
    families = _join_dominated(families, coupling, scale)
    headers = [atom for atom in atoms if atom.is_declarations]
    return _gather_rest(families, headers, coupling, scale, basename(atoms[0].directory))


def _by_first_word(atoms: Sequence[Atom]) -> list[Family]:
    common = _common_word(atoms)
    words: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        words[_first_word(atom.stem, common)].append(atom)
    return [_family(word, members) for word, members in sorted(words.items())]


def _without_loose_words(families: Sequence[Family], coupling: Coupling) -> list[Family]:
    """A word on many files that do not use each other (`curl_` in curl) is a prefix of the project: they stand alone again."""
    singles = [_family(atom.stem, [atom]) for family in families for atom in family.atoms]
    alone = {single.key: single for single in singles}
    folder = {path for single in singles for path in single.files}
    result = []
    for family in families:
        members = [alone[atom.files[0]] for atom in family.atoms]
        kept = members if len(members) <= _FEW else _cohesive(members, folder, coupling)
        if kept:
            result.append(family if len(kept) == len(members) else _united(family.label, kept))
        result += [member for member in members if member not in kept]
    return result


def _first_word(stem: str, common: str) -> str:
    rest = stem[len(common) :] if common and stem.lower().startswith(common) else stem
    found = _WORD.findall(rest)
    letters = [word.lower() for word in found if not word.isdigit()]
    return letters[0] if letters else stem.lower()


def _common_word(atoms: Sequence[Atom]) -> str:
    """A prefix that most files share names the project, not a family: `png` in libpng, `tool_` in curl's tool."""
    stems = [atom.stem.lower() for atom in atoms]
    best = ""
    for length in range(2, _LONGEST_COMMON) if len(stems) >= _ENOUGH_FILES else ():
        prefixes = Counter(stem[:length] for stem in stems if len(stem) > length)
        prefix, number = max(prefixes.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if number <= _MOST_SHARED * len(stems):
            break
        best = prefix
    return best


def _family(label: str, atoms: Sequence[Atom]) -> Family:
    names = sorted(atom.stem for atom in atoms)
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return Family(label=label if len(names) > 1 else names[0], atoms=tuple(atoms), because=shown)


def _by_prefix(families: Sequence[Family], coupling: Coupling, scale: Scale, *, common: str) -> list[Family]:
    """Join names without separators (`inflate`, `inftrees`) when they begin alike and really use each other."""
    folder = {path for family in families for path in family.files}
    result = list(families)
    for length in (5, 4, 3, 2):
        alike: dict[str, list[Family]] = defaultdict(list)
        for family in result:
            alike[family.label.lower().removeprefix(common)[:length]].append(family)
        for prefix, members in sorted(alike.items()):
            if prefix and len(members) > 1 and sum(member.sloc for member in members) <= scale.largest_family:
                kept = _cohesive(members, folder, coupling)
                keys = {member.key for member in kept}
                if kept:
                    result = [family for family in result if family.key not in keys]
                    result.append(_united(common + prefix, kept))
    return sorted(result, key=lambda family: (family.label, family.key))


def _cohesive(members: list[Family], folder: Collection[str], coupling: Coupling) -> list[Family]:
    """Members whose coupling inside the family is a fair share of all they have in the folder; repeated as members fall out."""
    everything = {member.key: coupling.among(member.files, folder) for member in members}
    kept = members
    while len(kept) > 1:
        inside = {path for member in kept for path in member.files}
        still = [
            member for member in kept if 0 < everything[member.key] * _COHESIVE <= coupling.among(member.files, inside)
        ]
        if len(still) == len(kept):
            return kept
        kept = still
    return []


def _united(prefix: str, members: Sequence[Family]) -> Family:
    """The family is called after its largest file when that is most of it (`inflate`), else after the prefix (`gz`)."""
    atoms = tuple(sorted((atom for member in members for atom in member.atoms), key=lambda atom: atom.files))
    largest = max(atoms, key=lambda atom: (atom.sloc, atom.stem))
    label = largest.stem if 2 * largest.sloc > sum(atom.sloc for atom in atoms) else prefix
    return msgspec.structs.replace(_family(label, atoms), label=label)


def _join_partners(families: Sequence[Family], coupling: Coupling, scale: Scale) -> list[Family]:
    """Unite two families that are each other's main partner, with a large share of the coupling of both, as reader and reading helpers are."""
    owner = {path: family.key for family in families for path in family.files}
    by_key = {family.key: family for family in families}
    partner = {family.key: _main_partner(family, owner, coupling) for family in families}
    for key in sorted(by_key):
        other = partner[key]
        if other is None or not key < other or partner[other] != key:
            continue
        one, two = by_key[key], by_key[other]
        host, guest = (one, two) if (one.sloc, one.key) >= (two.sloc, two.key) else (two, one)
        if host.sloc + guest.sloc <= scale.largest:
            del by_key[guest.key]
            by_key[host.key] = _extended(host, guest.atoms)
    return sorted(by_key.values(), key=lambda family: (family.label, family.key))


def _main_partner(family: Family, owner: Mapping[str, str], coupling: Coupling) -> str | None:
    """The key of the family that holds nearly half of all the coupling and clearly more than the next one."""
    row = coupling.to_groups(family.files, owner)
    row.pop(family.key, None)
    ranked = sorted(row, key=lambda key: (-row[key], key))
    if not ranked or row[ranked[0]] < _MUTUAL * coupling.total(family.files):
        return None
    is_clear = len(ranked) == 1 or row[ranked[0]] >= _CLEAR_LEAD * row[ranked[1]]
    return ranked[0] if is_clear else None


def _join_dominated(families: Sequence[Family], coupling: Coupling, scale: Scale) -> list[Family]:
    """Let a family join the one neighbour that holds most of its coupling; a family of a comfortable size needs almost all."""
    result = {family.key: family for family in families}
    owner = {path: family.key for family in families for path in family.files}
    for family in sorted(families, key=lambda family: (family.sloc, family.label, family.key)):
        guest = result[family.key]
        share = _DOMINANT if guest.sloc < scale.comfortable else _ALMOST_ALL
        key = _dominant_host(guest, owner, coupling, share)
        host = result[key] if key else None
        if host and host.sloc >= guest.sloc and _fits(host, guest, owner, coupling, scale):
            del result[guest.key]
            result[host.key] = _extended(host, guest.atoms)
            owner.update(dict.fromkeys(guest.files, host.key))
    return sorted(result.values(), key=lambda family: (family.label, family.key))


def _fits(host: Family, guest: Family, owner: Mapping[str, str], coupling: Coupling, scale: Scale) -> bool:
    """True when both stay below the limit, or hardly above it when almost all of the guest's coupling goes to the host."""
    together = host.sloc + guest.sloc
    if together <= scale.largest:
        return True
    return together <= scale.largest_family and _dominant_host(guest, owner, coupling, _ALMOST_ALL) == host.key


def _dominant_host(guest: Family, owner: Mapping[str, str], coupling: Coupling, share: float) -> str | None:
    """The key of the other family that holds at least `share` of all the guest's coupling, inside the folder or out of it."""
    row = coupling.to_groups(guest.files, owner)
    row.pop(guest.key, None)
    if not row:
        return None
    best = max(row, key=lambda key: (row[key], key))
    return best if row[best] >= share * coupling.total(guest.files) else None


def _shared(families: Sequence[Family], coupling: Coupling, scale: Scale) -> set[str]:
    """Keys of the families that most others use: such helpers belong to nobody in particular. As many as stay together in one component."""
    owner = {path: family.key for family in families for path in family.files}
    room = scale.largest - sum(family.sloc for family in families if family.sloc < scale.smallest)
    shared = set()
    for family in sorted(families, key=lambda family: (family.sloc, family.key)):
        if not scale.smallest <= family.sloc < scale.comfortable or family.sloc > room:
            continue
        users = {owner[user] for path in family.files for user in coupling.users(path) if user in owner} - {family.key}
        if len(users) >= max(_FEWEST_USERS, _USED_BY * (len(families) - 1)):
            shared.add(family.key)
            room -= family.sloc
    return shared


def _extended(host: Family, atoms: Sequence[Atom]) -> Family:
    return msgspec.structs.replace(_family(host.label, (*host.atoms, *atoms)), label=host.label)


def _gather_rest(
    families: Sequence[Family], headers: Sequence[Atom], coupling: Coupling, scale: Scale, folder: str
) -> tuple[Family, ...]:
    """Keep the families that are large enough; the others, and headers that no family dominates, are the folder's helpers.

    A family called like its folder (`vtls/vtls.c`) is the folder's heart: the helpers stay with it.
    """
    shared = _shared(families, coupling, scale)
    kept = {family.key: family for family in families if family.sloc >= scale.smallest and family.key not in shared}
    rest = [atom for family in families if family.key not in kept for atom in family.atoms]
    owner = {path: family.key for family in kept.values() for path in family.files}
    for header in headers:
        key = _dominant_host(_family(header.stem, [header]), owner, coupling, _DOMINANT)
        if key:
            kept[key] = msgspec.structs.replace(kept[key], atoms=(*kept[key].atoms, header))
        else:
            rest.append(header)
    heart = next((family for family in kept.values() if family.label == folder), None)
    if heart:
        kept[heart.key] = msgspec.structs.replace(_extended(heart, rest), label="")
    elif rest:
        kept[rest[0].files[0]] = Family(label="", atoms=tuple(rest), because="helpers that no family dominates")
    return tuple(sorted(kept.values(), key=lambda family: (family.label, family.key)))
