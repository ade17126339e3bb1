"""Which files change together, counted in bounded memory."""

from __future__ import annotations

MOST_PAIRS = 500_000


class Pairs:
    """Counts of pairs of file numbers. When there are too many, the rarest are forgotten, so a kept count may be too low, never too high."""

    def __init__(self, files: int) -> None:
        self.commits = [0] * files
        """Commits of each file that it could share."""
        self.forgotten = 0
        self._files = files
        self._counts: dict[int, int] = {}

    def add(self, together: list[int]) -> None:
        """Count one commit with these files, in ascending order."""
        for place, first in enumerate(together):
            self.commits[first] += 1
            base = first * self._files
            for second in together[place + 1 :]:
                self._counts[base + second] = self._counts.get(base + second, 0) + 1
        if len(self._counts) > MOST_PAIRS:
            self._forget()

    def of_files(self, least: int, most: int) -> list[list[tuple[int, int, float]]]:
        """Return for each file its partners as (file, shared commits, degree 0-1), closest first, at least `least` shared, at most `most`."""
        found: list[list[tuple[int, int, float]]] = [[] for _ in range(self._files)]
        for key, shared in self._counts.items():
            if shared < least:
                continue
            first, second = divmod(key, self._files)
            degree = 2 * shared / (self.commits[first] + self.commits[second])
            found[first].append((second, shared, degree))
            found[second].append((first, shared, degree))
        return [sorted(partners, key=lambda it: (-it[2], -it[1], it[0]))[:most] for partners in found]

    def _forget(self) -> None:
        least = 1
        while len(self._counts) > MOST_PAIRS // 2:
            before = len(self._counts)
            self._counts = {key: count for key, count in self._counts.items() if count > least}
            self.forgotten += before - len(self._counts)
            least += 1
