#!/usr/bin/env python3
"""What two people notice who talk to each other while somebody floods the server. A script, not a test: its figures are the
machine's, and it takes minutes. Run it on a quiet one, with a program built in release:

    cargo build --release --package pupitre
    python3 tests/flood/flood.py target/release/pupitre                # all of it, some four minutes
    python3 tests/flood/flood.py target/debug/pupitre --seconds 5 --rate 500 --count 50 --only sockets

It starts the program on SQLite on the loopback interface, and nothing else is ever sent to. A desk and a visitor say something
to each other every 200 ms over their sockets; `p50` and `p99` are the milliseconds from sending to the other side's frame,
`lost` is what was not seen within two seconds. The floods are under one address, which the server is told as by a proxy that
it trusts: programs on the same machine are not limited by theirs. Each has a process of its own.

| scenario | what comes |
|---|---|
| quiet | nothing: what the others are compared with |
| no token, wrong token, valid token | --rate requests a second each, as many as the machine gives |
| sockets | --count feeds that nobody reads |
| slow headers, slow bodies | --count connections that send a byte each second |
| few files | a server that may open 256 files, and twice as many connections: it answers or refuses, and recovers |
"""

import argparse
import collections
import multiprocessing
import time

import floods
from stage import ROOT, Server, Talk
from wire import FLOOD, connect, head, status


def scenarios(server, options):
    supervisors = [server.token("supervisor", f"s{number}") for number in range(options.count // 400 + 1)]
    valid, bot = supervisors[0], server.token("integration", "flood")
    yield "quiet", None, ()
    yield "no token", floods.requests, (None, options.rate)
    yield "wrong token", floods.requests, (valid[:-4] + "AAAA", options.rate)
    yield "valid token", floods.requests, (valid, options.rate)
    yield "sockets", floods.sockets, (supervisors, options.count)
    yield "slow headers", floods.slow_headers, (options.count,)
    yield "slow bodies", floods.slow_bodies, (bot, options.count)


def flooded(server, talk, flood, arguments, seconds):
    """The measures while a flood goes on, and what it was answered."""
    if flood is None:
        return talk.measured(seconds), {}
    stop, told = multiprocessing.Event(), multiprocessing.Queue()
    process = multiprocessing.Process(target=flood, args=(server.port, stop, told, *arguments), daemon=True)
    process.start()
    time.sleep(2)
    measures = talk.measured(seconds)
    stop.set()
    answers = told.get(timeout=120)
    process.join(30)
    return measures, answers


def few_files(program):
    """A server with few files: every connection is answered or refused, and afterwards all is as before."""
    with Server(program, files=256) as server:
        talk, answers, streams = Talk(server), collections.Counter(), []
        for _ in range(512):
            try:
                streams.append(connect(server.port, 2))
                streams[-1].sendall(head("GET", "/healthz", FLOOD))
                answers[status(streams[-1]) or "no answer"] += 1
            except OSError:
                answers["refused"] += 1
        during = talk.measured(3)
        for stream in streams:
            stream.close()
        time.sleep(2)
        after = talk.measured(3)
        healthy = server.asks("GET", f"{ROOT}/operators/alice", server.token("administrator", "ada"))[0]
        row("few files, during", during, answers, server, talk)
        row("few files, after", after, {"answered afterwards": healthy}, server, talk)


def row(name, measures, answers, server, talk):
    told = ", ".join(f"{what}: {count}" for what, count in sorted(answers.items(), key=str))
    fate = "" if server.runs() else " THE SERVER HAS ENDED"
    fate += f" THE TALK HAS ENDED: {talk.ended}" if talk.ended else ""
    memory = server.memory() if server.runs() else "-"
    print(f"| {name:<17} | {measures['p50'] or '-':>7} | {measures['p99'] or '-':>7} | {measures['seen']:>5} "
          f"| {measures['lost']:>4} | {memory:>6} | {told}{fate} |", flush=True)


def main():
    about, _, epilog = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(description=about, epilog=epilog,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=20, help="how long each is measured")
    parser.add_argument("--rate", type=int, default=20_000, help="requests a second")
    parser.add_argument("--count", type=int, default=5_000, help="sockets, and slow connections")
    parser.add_argument("--only", help="the scenarios whose name has this in it")
    options = parser.parse_args()
    print("| scenario          |  p50 ms |  p99 ms |  seen | lost | MiB    | the flood was answered |")
    print("|-------------------|---------|---------|-------|------|--------|------------------------|")
    with Server(options.program) as server:
        talk = Talk(server)
        time.sleep(1)
        for name, flood, arguments in scenarios(server, options):
            if options.only and options.only not in name:
                continue
            measures, answers = flooded(server, talk, flood, arguments, options.seconds)
            row(name, measures, answers, server, talk)
            time.sleep(2)
    if not options.only or options.only in "few files":
        few_files(options.program)


if __name__ == "__main__":
    main()
