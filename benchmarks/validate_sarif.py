"""Are our SARIF logs valid by the schema of OASIS?

    python benchmarks/validate_sarif.py SCHEMA LOG...

SCHEMA is `sarif-schema-2.1.0.json` of errata 01, from https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/; it is not shipped.
Needs `pip install jsonschema`. Prints results and violations of each log, and ends with 1 when there is a violation.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    """Validate and print."""
    import jsonschema

    schema, *logs = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:])
    validator = jsonschema.validators.validator_for(schema)(schema)
    violations = 0
    for name, log in zip(sys.argv[2:], logs, strict=True):
        found = list(validator.iter_errors(log))
        violations += len(found)
        results = sum(len(run.get("results", ())) for run in log["runs"])
        print(f"{name}: {results} results, {len(found)} violations")
        for problem in found[:10]:
            print(f"    {'/'.join(map(str, problem.absolute_path))}: {problem.message[:200]}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
