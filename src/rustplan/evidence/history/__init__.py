"""History: what git tells of the scanned files, read in one stream and without trusting the repository."""

from rustplan.evidence.history.compact import compact
from rustplan.evidence.history.isolated import GitFolder, NoHistory
from rustplan.evidence.history.process import find_git
from rustplan.evidence.history.read import read_date, read_history

__all__ = ["GitFolder", "NoHistory", "compact", "find_git", "read_date", "read_history"]
