"""Generated requests by every role: whatever the document allows or forbids is answered as the document says.

    roles.py PROGRAM [EXAMPLES [ROLE…]]

Runs schemathesis with all its checks once for each role, from one seed (SEED, 1 unless told). Of a live feed, which has no end, the first
event is read; sockets are left to `clients.py`. Ends with 1 if any check fails.
"""

import os
import subprocess
import sys

from stage import Stage

HERE = os.path.dirname(os.path.abspath(__file__))
# What is not of one livechat answers a token of one like none, whatever its role: one role tries that.
ON_ACCOUNTS = "^/api/v1/(account|accounts|audit|links|password-resets|session|setup)(/|$)"
ROLES = ("visitor", "operator", "supervisor", "analyst", "administrator", "integration")


def run(stage, role, examples):
    print(f"== {role}", flush=True)
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"),
        "--config-file", os.path.join(HERE, "schemathesis.toml"),
        "run", f"{stage.url}/api/v1/openapi.json", "--url", stage.url,
        "--header", f"Authorization: Bearer {stage.tokens[role]}",
        "--checks", "all", "--max-examples", str(examples), "--seed", os.environ.get("SEED", "1"),
        "--phases", "examples,coverage,fuzzing",
        "--request-timeout", "20", "--generation-database", "none", "--no-color",
    ]
    if role != ROLES[0]:
        command += ["--exclude-path-regex", ON_ACCOUNTS]
    return subprocess.run(
        command, cwd=stage.folder, env={**os.environ, "PUPITRE_CONVERSATION": stage.conversation}).returncode


def main():
    program, examples = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    roles = sys.argv[3:] or ROLES
    failed = []
    for role in roles:
        # A stage of its own for each: what one role has done is no excuse for what another is answered.
        with Stage(program) as stage:
            if run(stage, role, examples) != 0:
                failed.append(role)
                print(stage.logged())
    if failed:
        sys.exit(f"not as documented: {', '.join(failed)}")
    print("every role is answered as documented")


if __name__ == "__main__":
    main()
