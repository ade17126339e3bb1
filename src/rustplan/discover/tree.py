"""A directory becomes a SourceTree: walk, decide languages and roles, read build files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from rustplan.discover.asked import asked_for, find_headers, known_names, languages_by_name
from rustplan.discover.build_notes import read_build_notes
from rustplan.discover.git import Repository
from rustplan.discover.heads import Head, read_heads
from rustplan.discover.java_level import find_java_level
from rustplan.discover.languages import Decision as LanguageDecision
from rustplan.discover.languages import decide_languages
from rustplan.discover.manifests.draft import Tree
from rustplan.discover.manifests.finish import finish
from rustplan.discover.manifests.remembered import remembered_manifests
from rustplan.discover.memory import Memory
from rustplan.discover.narrow import narrow
from rustplan.discover.other_languages import count_other_languages
from rustplan.discover.outputs import find_outputs
from rustplan.discover.roles import Decision as RoleDecision
from rustplan.discover.roles import Folders, decide_role
from rustplan.discover.targets import refine_roles
from rustplan.discover.texts import find_texts
from rustplan.discover.walk import walk
from rustplan.discover.walked import Walked
from rustplan.errors import InputError
from rustplan.model.java_level import JavaLevel
from rustplan.model.options import DiscoverOptions
from rustplan.model.paths import model_path, raw_path, raw_text
from rustplan.model.source import Language, Project, Role, SkippedFile, SourceFile, SourceTree

_FRAMEWORK = re.compile(
    r"(?:^|/)(?:gtest/gtest|gmock/gmock|catch2/catch_\w+|doctest/doctest|CppUTest/TestHarness)\.h(?:pp)?$"
)


def discover_tree(
    root: Path,
    options: DiscoverOptions,
    files_asked: tuple[str, ...] = (),
    asked_of_java: tuple[str, ...] = (),
    memory: Memory | None = None,
) -> SourceTree:
    """Return everything that lies below `root`, sorted by path. `files_asked` are globs of files besides source text that rules look into.

    `asked_of_java` are those that count only where the tree has Java of its own; `memory` knows what build files said before.
    Raises InputError when `root` is not a directory that can be listed.
    """
    asked = asked_for(options.only)
    walked = walk(_folder(root), options, asked)
    _leave_out_own_outputs(walked, options.own_outputs)
    narrow(walked, options.include)
    heads = read_heads(walked, options.max_file_bytes)
    names = known_names(walked, asked)
    languages = decide_languages(heads, languages_by_name(names))
    outputs = find_outputs(walked.listings, walked.tracked_folders, walked.files)
    roles = _roles(walked, heads, languages, outputs)
    declared = remembered_manifests(
        Tree(walked.root, walked.files, walked.ignored_folders),
        lambda path: _is_below(path, outputs),
        outputs,
        walked.ignored_folders,
        memory,
    )
    roles = refine_roles(roles, declared.drafts)
    folders = Folders(outputs, walked.submodules)
    has_java = any(languages[path][0] is Language.JAVA and role is Role.SOURCE for path, (role, _) in roles.items())
    texts = find_texts(walked, (*files_asked, *asked_of_java) if has_java else files_asked, folders)
    texts = tuple(text for text in texts if asked.holds(raw_path(text.path)))
    for manifest, problem in declared.problems.items():
        walked.degrade(manifest, problem)
    unread = [path for path, head in heads.items() if head.problem is not None]
    walked.skipped.extend(
        _skipped(path, heads[path], languages, walked.sizes[path]) for path in unread if path in languages
    )
    files = _files(walked, heads, languages, roles)
    return SourceTree(
        project=_project(walked, options.name, find_java_level(walked, folders) if has_java else None),
        files=files,
        headers=find_headers(walked, names, files),
        texts=texts,
        targets=finish(declared.drafts, {path: role for path, (role, _) in roles.items()}),
        manifests=tuple(sorted(map(model_path, declared.manifests))),
        skipped=tuple(sorted(walked.skipped, key=lambda skipped: (skipped.path, skipped.reason.value))),
        degraded=tuple(sorted(walked.degraded, key=lambda degraded: (degraded.path, degraded.detail))),
        ignored=tuple(sorted(walked.ignored)),
        other_files=sum(map(asked.holds, walked.files)) - len(languages),
        build_notes=read_build_notes(walked, folders, memory),
        other_languages=None if options.only else count_other_languages(walked, folders, options.max_file_bytes),
    )


def _leave_out_own_outputs(walked: Walked, own: tuple[str, ...]) -> None:
    """Forget what this run writes itself, so that a second run in the same folder gives the same bytes."""
    places = dict.fromkeys(own, "")
    walked.files[:] = [path for path in walked.files if path not in places and not _is_below(path, places)]


def _folder(root: Path) -> bytes:
    """Return the resolved bytes of the directory to walk."""
    hint = "give the directory of a repository, for example: rustplan scan ."
    try:
        place = os.fsencode(root.resolve(strict=True))
        if not os.path.isdir(place):
            raise InputError(f"{root} is a file, not a directory", hint=hint)
        os.scandir(place).close()
    except FileNotFoundError:
        raise InputError(f"{root} does not exist", hint=hint) from None
    except (OSError, RuntimeError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{root} cannot be read: {words}", hint=hint) from None
    return place


def _roles(
    walked: Walked, heads: Mapping[str, Head], languages: Mapping[str, LanguageDecision], outputs: Mapping[str, str]
) -> dict[str, RoleDecision]:
    """Return role and reason of every file that is source text."""
    plain = Folders(outputs, walked.submodules)
    frameworks = (path for path in languages if _FRAMEWORK.search(path))
    owns_framework = any(
        decide_role(path, languages[path][0], heads[path], plain)[0].value != "vendored" for path in frameworks
    )
    folders = Folders(outputs, walked.submodules, owns_framework)
    return {path: decide_role(path, language, heads[path], folders) for path, (language, _) in languages.items()}


def _files(
    walked: Walked,
    heads: Mapping[str, Head],
    languages: Mapping[str, LanguageDecision],
    roles: Mapping[str, RoleDecision],
) -> tuple[SourceFile, ...]:
    """Return the files to scan, sorted by the path that the model shows."""
    found = [
        SourceFile(
            path=model_path(path),
            language=language,
            role=roles[path][0],
            size=walked.sizes[path],
            role_because=model_path(roles[path][1]),
            language_because=language_because,
        )
        for path, (language, language_because) in languages.items()
        if heads[path].problem is None
    ]
    return tuple(sorted(found, key=lambda file: file.path))


def _skipped(path: str, head: Head, languages: Mapping[str, LanguageDecision], size: int) -> SkippedFile:
    """Return what is said about a source file that is not read."""
    if head.problem is None:
        raise ValueError(path)
    return SkippedFile(
        path=model_path(path), reason=head.problem, detail=head.detail, language=languages[path][0], size=size
    )


def _project(walked: Walked, given: str, level: JavaLevel | None) -> Project:
    """Return the name and the commit of the tree, with the release of Java that it is for."""
    name = given or model_path(raw_text(os.path.basename(walked.root))) or "root"
    if walked.repository is None:
        return Project(name=name, commit_because="not in a git work tree", java_level=level)
    if _is_foreign(walked.root, walked.repository):
        because = "the git repository around it tracks none of its files"
        return Project(name=name, commit_because=because, java_level=level)
    commit, because = walked.repository.commit()
    return Project(name=name, commit=commit, commit_because=model_path(because), java_level=level)


def _is_foreign(root: bytes, repository: Repository) -> bool:
    """True for a folder inside a work tree whose commit holds nothing of it; unknown, and so false, where the index was not read."""
    if root == repository.top or not repository.tracked.files:
        return False
    return not repository.tracked.holds(raw_text(os.path.relpath(root, repository.top)), is_directory=True)


def _is_below(path: str, folders: Mapping[str, str]) -> bool:
    """Tell whether a path lies inside one of the directories."""
    cut = path.rfind("/")
    while cut > 0:
        if path[:cut] in folders:
            return True
        cut = path.rfind("/", 0, cut)
    return False
