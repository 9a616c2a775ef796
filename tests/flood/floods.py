"""The floods: each runs in a process of its own until it is told to stop, and tells what it was answered."""

import collections
import re
import resource
import select
import time

from stage import ROOT
from wire import FLOOD, WebSocket, connect, head, status

# Requests in one write: a Python program sends more than 20,000 a second that way.
BATCH = 100
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


def requests(port, stop, told, token, a_second):
    """So many requests a second from one address, or as many as the machine gives."""
    answers, sent, began, pending, unread = collections.Counter(), 0, time.monotonic(), 0, b""
    batch = head("GET", f"{ROOT}/queue", FLOOD, token) * BATCH
    stream = connect(port)
    while not stop.is_set():
        try:
            if sent < a_second * (time.monotonic() - began) and pending < 10 * BATCH:
                stream.sendall(batch)
                sent, pending = sent + BATCH, pending + BATCH
            elif not pending:
                time.sleep(0.001)
            while select.select([stream], [], [], 0 if pending < 5 * BATCH else 0.05)[0]:
                more = stream.recv(1 << 20)
                if not more:
                    raise ConnectionError
                unread += more
                end = 0
                for found in STATUS.finditer(unread):
                    answers[int(found[1])] += 1
                    pending, end = pending - 1, found.end()
                # A status that is not here as a whole.
                unread = unread[max(end, len(unread) - 11):]
        except OSError:
            answers["cut off"] += 1
            stream.close()
            stream, pending, unread = connect(port), 0, b""
    told.put({"sent a second": round(sent / (time.monotonic() - began)), **answers})


def sockets(port, stop, told, token, count):
    """Feeds of the floor whose readers read nothing, from an address for each 900."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    answers, open_ones = collections.Counter(), []
    for number in range(count):
        if stop.is_set():
            break
        try:
            one = WebSocket(port, f"{ROOT}/floor", f"203.0.113.{number // 900}", token[number % len(token)], 4096)
            answers[one.status] += 1
            open_ones.append(one)
        except OSError:
            answers["cut off"] += 1
    stop.wait()
    told.put(dict(answers))


def slow_headers(port, stop, told, count):
    """Connections whose head comes a byte each second."""
    slow(port, stop, told, count, head("GET", f"{ROOT}/queue", FLOOD)[:-2], b"x")


def slow_bodies(port, stop, told, token, count):
    """Requests whose body comes a byte each second."""
    more = "Content-Type: application/json\r\nContent-Length: 100000\r\n"
    slow(port, stop, told, count, head("POST", f"{ROOT}/conversations", FLOOD, token, more), b" ")


def slow(port, stop, told, count, first, then):
    answers, streams = collections.Counter(), []
    for _ in range(count):
        try:
            streams.append(connect(port))
            streams[-1].sendall(first)
        except OSError:
            answers["cut off"] += 1
    while not stop.wait(1):
        for stream in list(streams):
            try:
                if select.select([stream], [], [], 0)[0]:
                    answers[status(stream) or "cut off"] += 1
                    streams.remove(stream)
                    stream.close()
                else:
                    stream.sendall(then)
            except OSError:
                answers["cut off"] += 1
                streams.remove(stream)
    told.put({"open at the end": len(streams), **answers})
