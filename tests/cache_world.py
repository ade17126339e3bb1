"""A small C program whose findings depend on one another's files in every way that a scan knows, and edits that each move a finding."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.analysis import Analysis
from rustplan.model.options import EvidenceOptions, ScanOptions
from rustplan.scan import Cache

FILES = {
    "include/size.h": "#define SIZE 32\n#define COUNT 4\n",
    "include/box.h": '#include "size.h"\nstruct box { char text[SIZE]; int used; };\n',
    "src/fill.c": """#include "box.h"
#include <string.h>
void fill(void)
{
    struct box one;
    memset(one.text, 0, 24);
    one.used = 24;
}
""",
    "src/find.c": """#include <stdlib.h>
static char room[8];
char *find(int key)
{
    if (key > 3)
        return room;
    return room;
}
int limit = 4;
""",
    "src/use.c": """char *find(int key);
int use(int key)
{
    char *p = find(key);
    return *p;
}
""",
    "src/api.c": """HOOK int declared(int a)
{
    return a + 1;
}
HOOK int second(char *to, const char *from)
{
    strcpy(to, from);
    return 0;
}
""",
    "src/hook.h": "#define HOOK __attribute__((used))\n",
}

EDITS = {
    "the bytes of a file": ("src/fill.c", "24);", "48);"),
    "a header that a header includes": ("include/size.h", "SIZE 32", "SIZE 16"),
    "a function of another file": ("src/find.c", "return room;\n}", "return 0;\n}"),
    "a macro that the tree defines": ("src/hook.h", "__attribute__((used))", "static"),
}
"""What changes -> file, text, and the text instead of it."""


def write(folder: Path) -> Path:
    for path, text in FILES.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def edit(folder: Path, path: str, before: str, after: str) -> None:
    text = (folder / path).read_text()
    assert before in text
    (folder / path).write_text(text.replace(before, after))


def settings(*, depth: str = "full", findings_only: bool = False) -> Settings:
    made = Settings(scan=ScanOptions(jobs=1, depth=depth), evidence=EvidenceOptions(history=False))
    return made.for_findings() if findings_only else made


def scanned(folder: Path, cache: Path | None, chosen: Settings | None = None) -> Analysis:
    if cache is None:
        return analyze(folder, chosen or settings())
    with Cache(cache) as known:
        return analyze(folder, chosen or settings(), cache=known)


def encoded(analysis: Analysis) -> bytes:
    return msgspec.json.encode(analysis, order="deterministic")


def places(analysis: Analysis) -> set[tuple[str, int, str]]:
    return {(finding.path, finding.line, finding.rule) for finding in analysis.findings}
