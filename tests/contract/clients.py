"""Clients that are generated from the document compile, and read what the server really answers.

    clients.py PROGRAM DOCUMENT SCRATCH

A TypeScript client (openapi-typescript) and a Python client (openapi-python-client) are generated into SCRATCH, whose
`node_modules` has the programs for the former. Answers of every route and frames of every feed are collected from a
server; each is a constant of its type in a TypeScript program, which has to compile, and is parsed by the Python
client, which has to give it back as it was. Ends with 1 if anything does not.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from datetime import datetime
from enum import Enum

from websockets.sync.client import connect

from stage import LIVECHAT, ROOT, Stage, new_id

# Seconds within which every feed has told something.
PATIENCE = 30
BELOW = "/api/v1/livechats/{livechat}"
PROBLEM, JSON, EVENTS = "application/problem+json", "application/json", "text/event-stream"
# What a parameter without which nothing is answered is given.
REQUIRED = {"from": "2026-01-01", "until": "2026-12-31", "q": "hello"}


def reads(stage, document):
    """The answer of every route that reads, for everybody who may, and one refusal of each."""
    conversation = {"{livechat}": LIVECHAT, "{conversation}": stage.conversation, "{operator}": "alice", "{rows}": "contacts"}
    for template, item in document["paths"].items():
        operation = item.get("get")
        if operation is None or EVENTS in str(operation["responses"].get("200")) or "101" in operation["responses"]:
            continue
        path = template
        for name, value in conversation.items():
            path = path.replace(name, value)
        required = [one for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
        given = {one["name"]: REQUIRED.get(one["name"], "1") for one in required}
        if template.endswith(("/exports/{rows}", "/figures")):
            given = {"from": "2026-01-01", "until": "2026-12-31"}
        query = "&".join(f"{name}={value}" for name, value in given.items())
        for token in (*stage.tokens.values(), None):
            status, headers, told = stage.request("GET", f"{path}?{query}".rstrip("?"), token)
            media_type = headers.get("Content-Type", "").split(";")[0]
            if media_type in (JSON, PROBLEM):
                yield template, "get", status, media_type, told


def commands(stage):
    """What commands are answered, done and refused."""
    asked = stage.asks("clients")
    conversation = asked["conversation"]
    for method, below, role, body in (
            ("post", "/conversations", "integration", {"visitor": {"id": "another"}, "language": "fr"}),
            ("post", "/conversations", "integration", {"visitor": [], "language": 5}),
            ("put", "/operators/{operator}", "administrator", {"name": "Alice"}),
            ("put", "/operators/{operator}/status", "operator", {"status": "on_break"}),
            ("put", "/operators/{operator}/status", "operator", {"status": "available"}),
            ("post", "/operators/{operator}/tokens", "administrator", None),
            ("post", "/conversations/{conversation}/pick-up", "operator", None),
            ("post", "/conversations/{conversation}/messages", "operator", {"text": "Hello"}),
            ("post", "/conversations/{conversation}/internal-messages", "operator", {"text": "Help"}),
            ("post", "/conversations/{conversation}/transfer", "operator", {"to": {"skill": "billing"}}),
            ("put", "/conversations/{conversation}/importance", "operator", {"important": True}),
            ("post", "/conversations/{conversation}/end", "operator", None),
            ("post", "/conversations/{conversation}/messages", "operator", {"text": "Too late"}),
            ("put", "/settings/capacity", "administrator", {"queue_per_operator": 5}),
            ("put", "/settings/capacity", "administrator", {"queue_per_operator": 500})):
        path = (ROOT + below).replace("{operator}", "alice").replace("{conversation}", conversation)
        status, headers, told = stage.request(method.upper(), path, stage.tokens[role], body)
        yield BELOW + below, method, status, headers["Content-Type"].split(";")[0], told


def frames(stage):
    """What feeds and sockets tell, as (path, frame)."""
    heard, sockets, listening = [], [], set()

    def listen(template, role, query=""):
        path = template.replace("{conversation}", stage.conversation)
        mark = "&" if query else ""
        ticket = stage.done("POST", "/tickets", role)["ticket"]
        url = f"ws://127.0.0.1:{stage.port}{ROOT}{path}?{query}{mark}ticket={ticket}"
        socket = connect(url)

        def hear():
            try:
                for frame in socket:
                    heard.append((template, json.loads(frame)))
            except Exception:  # noqa: BLE001, the end of a socket has many names
                return

        threading.Thread(target=hear, daemon=True).start()
        sockets.append(socket)
        listening.add(template)
        return socket

    visitor = listen("/visitor", "visitor", f"conversation={stage.conversation}")
    desk = listen("/desk", "operator")
    for template in ("/floor", "/queue/live", "/colleagues", "/conversations/{conversation}/live"):
        listen(template, "supervisor")
    for template in ("/floor/replay", "/conversations/{conversation}/replay"):
        # As fast as it was: what comes all at once just before the end may pass the client by.
        listen(template, "supervisor", "speed=1&from=1")
    listen("/queue/live", "operator")
    said = {"conversation": stage.conversation}
    for frame in ({"type": "message", "id": new_id(), "text": "Hello"}, {"type": "typing"}, {"type": "dance"}):
        visitor.send(json.dumps(frame))
    for frame in ({"type": "message", "id": new_id(), "text": "Yes?", **said},
                  {"type": "internal_message", "id": new_id(), "text": "Hm", **said},
                  {"type": "typing", **said}, {"type": "nonsense"}):
        desk.send(json.dumps(frame))
    stage.asks("frames")
    # Feeds have no end: each is waited for until it has told something, and a little longer for what follows.
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and len({template for template, _ in heard}) < len(listening):
        time.sleep(0.1)
    time.sleep(1)
    for socket in sockets:
        socket.close()
    return heard


def checked(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-6000:]}{done.stderr[-3000:]}")


def typescript(answers, heard, document, scratch):
    """Every answer and frame is a constant of the type of its path."""
    programs = os.path.join(scratch, "node_modules", ".bin")
    checked([f"{programs}/openapi-typescript", document, "--output", f"{scratch}/schema.d.ts"], scratch)
    lines = ['import type { components, paths } from "./schema";']
    for number, (template, method, status, media_type, told) in enumerate(answers):
        kind = f'paths["{template}"]["{method}"]["responses"][{status}]["content"]["{media_type}"]'
        lines.append(f"export const answer{number}: {kind} = {json.dumps(told)};")
    for number, (schema, frame) in enumerate(heard):
        lines.append(f'export const frame{number}: components["schemas"]["{schema}"] = {json.dumps(frame)};')
    with open(f"{scratch}/answers.ts", "w", encoding="utf-8") as program:
        program.write("\n".join(lines) + "\n")
    checked([f"{programs}/tsc", "--noEmit", "--strict", "--target", "es2022", "--moduleResolution", "bundler",
             "--module", "es2022", "answers.ts"], scratch)
    print(f"TypeScript: {len(answers)} answers and {len(heard)} frames are of their types")


def python(answers, document, scratch):
    """Every answer is parsed by the operation that asks for it, and written down again as it was."""
    programs = os.path.dirname(sys.executable)
    checked([f"{programs}/openapi-python-client", "generate", "--path", document, "--meta", "none",
             "--output-path", f"{scratch}/pupitre_client", "--overwrite"], scratch)
    checked([f"{programs}/mypy", "--ignore-missing-imports", "pupitre_client"], scratch)
    sys.path.insert(0, scratch)
    import httpx
    client = importlib.import_module("pupitre_client").Client(base_url="http://localhost", raise_on_unexpected_status=True)
    with open(document, encoding="utf-8") as text:
        paths = json.load(text)["paths"]
    for template, method, status, media_type, told in answers:
        operation = paths[template][method]
        tag = operation.get("tags", ["default"])[0].replace("-", "_")
        module = importlib.import_module(f"pupitre_client.api.{tag}.{operation['operationId']}")
        answer = httpx.Response(status, json=told, headers={"Content-Type": media_type})
        parsed = module._parse_response(client=client, response=answer)
        again = plain(parsed)
        if moments(again) != moments(told):
            sys.exit(f"{method} {template} {status} is read as something else:\n{told}\n{again}")
    print(f"Python: {len(answers)} answers are read as they are")


def plain(parsed):
    """What the client has read, as it would be sent again."""
    if isinstance(parsed, list):
        return [plain(one) for one in parsed]
    if isinstance(parsed, Enum):
        return parsed.value
    return parsed.to_dict() if hasattr(parsed, "to_dict") else parsed


def moments(told):
    """The same with every moment as one, however it is written."""
    if isinstance(told, dict):
        return {name: moments(value) for name, value in told.items()}
    if isinstance(told, list):
        return [moments(value) for value in told]
    if isinstance(told, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*", told):
        return datetime.fromisoformat(told)
    return told


def main():
    program, document, scratch = (os.path.abspath(path) for path in sys.argv[1:4])
    with open(document, encoding="utf-8") as text:
        described = json.load(text)
    with Stage(program) as stage:
        answers = [*reads(stage, described), *commands(stage)]
        told = frames(stage)
    schema_of = {path.removeprefix(BELOW): item["get"]["x-frames"]["$ref"].rsplit("/", 1)[1]
                 for path, item in described["paths"].items() if "x-frames" in item.get("get", {})}
    heard = [(schema_of[path], frame) for path, frame in told]
    silent = set(schema_of) - {path for path, _ in told}
    if silent:
        sys.exit(f"nothing was heard on {', '.join(sorted(silent))}")
    typescript(answers, heard, document, scratch)
    python(answers, document, scratch)


if __name__ == "__main__":
    main()
