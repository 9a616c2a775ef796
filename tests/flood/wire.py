"""HTTP and WebSockets byte by byte, with the standard library alone: a client that behaves would not do."""

import base64
import json
import os
import socket
import struct

FLOOD = "203.0.113.7"  # where the floods come from, as a trusted proxy tells it
FRIEND = "198.51.100.7"  # where the desk and the visitor come from


def connect(port, timeout=30):
    stream = socket.create_connection(("127.0.0.1", port), timeout)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def head(method, path, address, token=None, more=""):
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: flood\r\nX-Forwarded-For: {address}\r\n{bearer}{more}\r\n".encode()


def status(stream):
    """The status of one answer whose connection is then given up; None when there is none."""
    try:
        told = stream.recv(4096)
    except OSError:
        return None
    return int(told[9:12]) if told.startswith(b"HTTP/1.1 ") else None


class WebSocket:
    """One that is open: frames of text, both ways."""

    def __init__(self, port, path, address, token, receive_buffer=None):
        self.stream, self.unread = connect(port), b""
        if receive_buffer:
            self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        more = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n")
        self.stream.sendall(head("GET", path, address, token, more))
        while b"\r\n\r\n" not in self.unread:
            self.reads()
        told, _, self.unread = self.unread.partition(b"\r\n\r\n")
        self.status = int(told[9:12])

    def reads(self):
        more = self.stream.recv(65536)
        if not more:
            raise ConnectionError("closed")
        self.unread += more

    def taken(self, count):
        while len(self.unread) < count:
            self.reads()
        first, self.unread = self.unread[:count], self.unread[count:]
        return first

    def send(self, frame, opcode=1):
        text = json.dumps(frame).encode() if opcode == 1 else frame
        length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + struct.pack("!H", len(text))
        # A mask of zeros leaves the text as it is.
        self.stream.sendall(bytes([0x80 | opcode]) + length + b"\0\0\0\0" + text)

    def receive(self):
        """The next frame of text; pings are answered."""
        while True:
            first, length = self.taken(2)
            if length > 125:
                length = struct.unpack("!H" if length == 126 else "!Q", self.taken(2 if length == 126 else 8))[0]
            content, opcode = self.taken(length), first & 15
            if opcode == 1:
                return json.loads(content)
            if opcode == 9:
                self.send(content, 10)
            if opcode == 8:
                raise ConnectionError(f"closed: {content!r}")
