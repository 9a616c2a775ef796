"""A server on SQLite with a livechat in which something of everything has happened, and a token for each role.

Nothing here but the standard library: the programs that use it bring what they need.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

LIVECHAT = "contract"
ROOT = f"/api/v1/livechats/{LIVECHAT}"
SURVEY_FIELDS = [
    {"id": "mood", "kind": "rating", "label": {"en": "How was it?", "fr": "Comment était-ce\u00a0?"}},
    {"id": "why", "kind": "multiple_choice", "label": {"en": "Why?"},
     "choices": [{"id": "speed", "label": {"en": "Speed"}}, {"id": "tone", "label": {"en": "Tone"}}]},
]


class Stage:
    """Started with `with`; ends its server and removes its files."""

    def __init__(self, program):
        self.program, self.process = program, None
        self.folder = tempfile.mkdtemp(prefix="pupitre-contract-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [self.program, "--log", "warn", "serve", "--database", f"sqlite://{self.folder}/p.db",
             "--listen", f"127.0.0.1:{self.port}", "--key-file", f"{self.folder}/key", *self.options()],
            stdout=self.log, stderr=self.log, cwd=self.folder)
        for _ in range(300):
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit("the server does not start: " + self.logged())
        self.set()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def options(self):
        """Options of this version that lift the limits of how often one address may ask."""
        known = subprocess.run([self.program, "serve", "--help"], capture_output=True, text=True).stdout
        return [word for option, value in LIFTED.items() if option in known for word in (option, value)]

    def logged(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-3000:]

    def token(self, role, subject):
        made = subprocess.run(
            [self.program, "token", "--livechat", LIVECHAT, "--role", role, "--subject", subject,
             "--key-file", f"{self.folder}/key"], capture_output=True, text=True, check=True)
        return made.stdout.strip()

    def request(self, method, path, token=None, body=None, headers=None):
        """The status, the headers and the JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return answer.status, answer.headers, json.loads(told) if is_json and told else told

    def done(self, method, path, role, body=None):
        """What is asked below the livechat has to be done."""
        status, _, told = self.request(method, ROOT + path, self.tokens[role], body)
        if status >= 300:
            sys.exit(f"{method} {path} was to be done: {status} {told}")
        return told

    def set(self):
        """Makes the livechat, its people, and conversations in every state."""
        roles = ("administrator", "supervisor", "analyst", "integration")
        self.tokens = {role: self.token(role, role[:5]) for role in roles}
        self.done("PUT", "", "administrator", {"name": "Contract", "language": "en"})
        self.done("PUT", "/settings/skills", "administrator", [{"id": "billing"}])
        self.done("PUT", "/settings/surveys", "administrator", [
            {"id": "opinion", "name": "Opinion", "audience": "visitor", "title": {"en": "Your opinion"},
             "fields": SURVEY_FIELDS}])
        self.done("PUT", "/settings/visitor_survey", "administrator", {"survey": "opinion"})
        self.done("PUT", "/settings/knowledge", "administrator", [
            {"id": "returns", "title": "Returns", "body": "Thirty days.", "theme": "Orders"}])
        for operator in ("alice", "bob"):
            self.done("PUT", f"/operators/{operator}", "administrator", {"name": operator.title()})
        self.tokens["operator"] = self.token("operator", "alice")
        self.desk = self.opens_desk()
        ended = self.asks("ended")
        for step, role, body in (("pick-up", "operator", None), ("messages", "operator", {"text": "Hello"}),
                                 ("end", "operator", None)):
            self.done("POST", f"/conversations/{ended['conversation']}/{step}", role, body)
        live = self.asks("live")
        self.done("POST", f"/conversations/{live['conversation']}/pick-up", "operator")
        self.conversation, self.tokens["visitor"] = live["conversation"], live["visitor_token"]

    def asks(self, visitor):
        return self.done("POST", "/conversations", "integration", {
            "visitor": {"id": visitor, "name": "Zoé"}, "language": "fr",
            "card": {"page_url": "https://example.org/", "variables": {"contract": "A1"}},
            "history": [{"author": "visitor", "text": "Hello"}]})

    def opens_desk(self):
        """Alice is there for as long as this connection is open."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"{ROOT}/desk", headers={"Authorization": "Bearer " + self.tokens["operator"]})
        answer = connection.getresponse()
        answer.readline()
        return connection, answer


# How often one address may ask is another test's question.
LIFTED = {
    "--visitor-messages": "0",
    "--operator-messages": "0",
    "--visitor-requests": "0",
    "--staff-requests": "0",
    "--feeds-opened": "0",
    "--address-requests": "0",
    "--wrong-tokens": "0",
}
new_id = lambda: str(uuid.uuid4())
