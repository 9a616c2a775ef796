"""The server under the flood, and two people in it who talk to each other and measure how long that takes."""

import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

from wire import FRIEND, WebSocket

ROOT = "/api/v1/livechats/flood"


class Server:
    """The program on SQLite in a folder of its own, behind a proxy that it trusts; with `with`, ended at the end."""

    def __init__(self, program, files=None):
        self.program, self.folder = os.path.abspath(program), tempfile.mkdtemp(prefix="pupitre-flood-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = files or most
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [self.program, "--log", "warn", "serve", "--database", f"sqlite://{self.folder}/p.db", "--listen",
             f"127.0.0.1:{self.port}", "--key-file", f"{self.folder}/key", "--trusted-proxies", "127.0.0.0/8"],
            stdout=self.log, stderr=self.log, cwd=self.folder,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))

    def __enter__(self):
        for _ in range(300):
            try:
                if self.asks("GET", "/readyz")[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit("the server does not start: " + self.logged())

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logged(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def runs(self):
        return self.process.poll() is None

    def memory(self):
        """MiB of it that are in memory."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20

    def token(self, role, subject):
        made = subprocess.run(
            [self.program, "token", "--livechat", "flood", "--role", role, "--subject", subject, "--key-file",
             f"{self.folder}/key"], capture_output=True, text=True, check=True)
        return made.stdout.strip()

    def asks(self, method, path, token=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"X-Forwarded-For": FRIEND, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return answer.status, json.loads(told) if told.startswith(b"{") else None


class Talk:
    """A desk and a visitor, each of whom says something every 200 ms to the other."""

    def __init__(self, server):
        self.times, self.said, self.stopped, self.ended = [], {}, threading.Event(), None
        ada, bot = server.token("administrator", "ada"), server.token("integration", "bot")
        server.asks("PUT", ROOT, ada, {"name": "Flood", "language": "en"})
        server.asks("PUT", f"{ROOT}/operators/alice", ada, {"name": "Alice"})
        self.desk = WebSocket(server.port, f"{ROOT}/desk", FRIEND, server.token("operator", "alice"))
        asked = {"visitor": {"id": "zoe"}, "language": "en"}
        made = server.asks("POST", f"{ROOT}/conversations", bot, asked)[1]
        self.conversation = made["conversation"]
        page = f"{ROOT}/visitor?conversation={self.conversation}"
        self.visitor = WebSocket(server.port, page, FRIEND, made["visitor_token"])
        self.desk.send({"type": "pick_up", "id": str(uuid.uuid4()), "conversation": self.conversation})
        for hears in (self.desk, self.visitor):
            threading.Thread(target=self.listens, args=(hears,), daemon=True).start()
        self.speaking = threading.Thread(target=self.speaks, daemon=True)
        self.speaking.start()

    def listens(self, side):
        try:
            while True:
                text = side.receive().get("text")
                sender, began = self.said.get(text, (None, None))
                if sender not in (None, side):
                    self.said.pop(text, None)
                    self.times.append(time.monotonic() - began)
        except (OSError, ConnectionError) as error:
            self.ended = self.ended or str(error)

    def speaks(self):
        number = 0
        while not self.stopped.is_set():
            for side in (self.desk, self.visitor):
                number += 1
                frame = {"type": "message", "id": str(uuid.uuid4()), "text": f"message {number}"}
                if side is self.desk:
                    frame["conversation"] = self.conversation
                self.said[frame["text"]] = (side, time.monotonic())
                try:
                    side.send(frame)
                except OSError as error:
                    self.ended = self.ended or str(error)
            self.stopped.wait(0.2)

    def measured(self, seconds):
        """The median, the 99th percentile in ms, and how many were seen and not, of what is said in so many seconds."""
        self.times.clear()
        self.said.clear()
        time.sleep(seconds)
        times = sorted(self.times)
        # What was said just now may be on its way.
        late = sum(time.monotonic() - began > 2 for _, began in list(self.said.values()))
        at = lambda part: round(1000 * times[min(len(times) - 1, int(part * len(times)))], 1) if times else None
        return {"p50": at(0.5), "p99": at(0.99), "seen": len(times), "lost": late}
