"""Whether replies are what the description says.

	described.py SOCKET <calls

A call a line, its JSON; each is made on a connection of its own, and all its
replies are read.  What a reply has that its method does not promise, what it
lacks and what is of another type is printed, with where it stands.
"""
import json
import re
import socket
import sys

PLAIN = {"bool": bool, "int": int, "float": (int, float), "string": str}


def replies(path, call):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(path)
        s.sendall(call.encode() + b"\0")
        held = b""
        while data := s.recv(65536):
            *messages, held = (held + data).split(b"\0")
            for reply in map(json.loads, messages):
                yield reply
                if not reply.get("continues"):
                    return


class Description:
    """Types, methods and errors by name, each as the types of its members."""

    def __init__(self, text):
        text = re.sub("#.*", "", text)
        self.words = re.findall(r"->|\?|\[\]|[\w.]+|[(),:]", text)
        self.types, self.replies, self.errors = {}, {}, {}
        self.take(), self.take()
        while self.words:
            kind, name = self.take(), self.take()
            members = self.members()
            if kind == "method":
                self.take()
                self.replies[name] = self.members()
            else:
                {"type": self.types, "error": self.errors}[kind][name] = members

    def take(self):
        return self.words.pop(0)

    def members(self):
        members = {}
        self.take()
        while self.words[0] != ")":
            name, _, members[name] = self.take(), self.take(), self.type()
            if self.words[0] == ",":
                self.take()
        self.take()
        return members

    def type(self):
        word = self.take()
        return (word, self.type()) if word in ("?", "[]") else (word, None)

    def faults(self, value, type, where):
        word, inner = type
        if word == "?":
            return [] if value is None else self.faults(value, inner, where)
        if word == "[]":
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no list"]
            return [f for one in value for f in self.faults(one, inner, where + "[]")]
        if word in self.types:
            return self.faults_in(value, self.types[word], where)
        if word == "object" or isinstance(value, PLAIN[word]) and (
                word == "bool" or not isinstance(value, bool)):
            return []
        return [f"{where}: {value!r} is no {word}"]

    def faults_in(self, row, members, where):
        if not isinstance(row, dict):
            return [f"{where}: {row!r} has no members"]
        found = [f"{where}.{name} is not described" for name in row if name not in members]
        for name, type in members.items():
            if name in row:
                found += self.faults(row[name], type, f"{where}.{name}")
            elif type[0] != "?":
                found.append(f"{where}.{name} is missing")
        return found


asked = '{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"org.feedd"}}'
description = Description(next(replies(sys.argv[1], asked))["parameters"]["description"])
for call in filter(None, map(str.strip, sys.stdin)):
    method = json.loads(call)["method"].removeprefix("org.feedd.")
    for reply in replies(sys.argv[1], call):
        members = description.replies[method]
        if "error" in reply:
            members = description.errors[reply["error"].removeprefix("org.feedd.")]
        for fault in description.faults_in(reply["parameters"], members, method):
            print(fault)
