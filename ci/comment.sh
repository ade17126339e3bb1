#!/usr/bin/env bash
# Keeps one comment on the pull request up to date. A comment that cannot be written is told and fails nothing.
# Reads: IN_COMMENT_FILE, GH_TOKEN, GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_SERVER_URL, GITHUB_RUN_ID.
set -euo pipefail

marker='<!-- rustplan:summary -->'
unchanged='<!-- rustplan:unchanged -->'
author='github-actions[bot]'

pull="$(python3 - "${GITHUB_EVENT_PATH:?}" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    pull = json.load(file).get("pull_request") or {}
head, base = (((pull.get(end) or {}).get("repo") or {}).get("full_name") for end in ("head", "base"))
print("" if not pull else int(pull["number"]) if head and head == base else "fork")
PYTHON
)"
if [[ -z "$pull" ]]; then
  echo "no pull request: no comment"
  exit 0
fi
if [[ "$pull" == fork ]]; then
  echo "::notice title=rustplan::a pull request from a fork gets no comment, because its token may not write; see the summary of the job"
  exit 0
fi

export GH_HOST="${GITHUB_SERVER_URL#https://}"
comments="repos/${GITHUB_REPOSITORY:?}/issues"
refuse() {
  echo "::notice title=rustplan::the comment was not written; the job needs permissions: pull-requests: write"
  exit 0
}

known="$(gh api --paginate "$comments/$pull/comments?per_page=100" \
  --jq ".[] | select(.user.login == \"$author\" and (.body | startswith(\"$marker\"))) | .id")" || refuse
known="${known%%$'\n'*}"
if [[ -z "$known" ]] && grep -qF "$unchanged" "${IN_COMMENT_FILE:?}"; then
  echo "nothing changed: no comment"
  exit 0
fi

body="$(mktemp "${RUNNER_TEMP:?}/comment.XXXXXX")"
cat "$IN_COMMENT_FILE" >"$body"
printf '\n[Run %s](%s/%s/actions/runs/%s)\n' \
  "${GITHUB_RUN_ID:?}" "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID" >>"$body"
if [[ -n "$known" ]]; then
  gh api --silent --method PATCH "$comments/comments/$known" -F "body=@$body" || refuse
  echo "comment $known updated"
else
  gh api --silent --method POST "$comments/$pull/comments" -F "body=@$body" || refuse
  echo "comment written"
fi
