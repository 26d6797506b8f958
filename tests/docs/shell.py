"""Runs the curl lines of a document: just enough shell for them, and no more.

Understood: `curl [-X METHOD] [-H HEADER] [-d BODY | --data-binary @FILE] URL`, `NAME=$(curl ... | jq -r PATH)`,
`NAME=value`, `$NAME`, `${NAME##*/}`, comments, lines continued by a backslash. Anything else is a ValueError.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
ASSIGNED = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
PIPED = re.compile(r"\$\((curl .*?) \| jq -r '?([^')]+)'?\)", re.DOTALL)
VARIABLE = re.compile(r"\$(?:\{([A-Z_]+)(##\*/)?\}|([A-Z_]+))")
STEP = re.compile(r"\.([a-z_]+)|\[(-?\d+)\]")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    media: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Shell:
    """`send` makes the request; `files` are what @NAME reads; `answers` grows by one a curl line."""

    send: Callable[[Request], Answer]
    variables: dict[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def run(self, script: str) -> None:
        for line in lines(script):
            assigned = ASSIGNED.fullmatch(line)
            if assigned:
                self.variables.setdefault(assigned[1], self._value(assigned[2]))
            else:
                self._curl(line)

    def _value(self, text: str) -> str:
        piped = PIPED.fullmatch(text)
        if piped:
            return str(pick(self._curl(piped[1]).json(), piped[2]))
        return "".join(shlex.split(self._filled(text)))

    def _curl(self, line: str) -> Answer:
        self.answers.append(self.send(self._request(shlex.split(self._filled(line)))))
        return self.answers[-1]

    def _request(self, words: list[str]) -> Request:
        name, *rest = words
        if name != "curl":
            raise ValueError(f"not a curl line: {' '.join(words)}")
        method, headers, body, urls = "", {}, b"", []
        words_left = iter(rest)
        for word in words_left:
            if word == "-X":
                method = next(words_left)
            elif word == "-H":
                header, _, value = next(words_left).partition(":")
                headers[header] = value.strip()
            elif word in ("-d", "--data-binary"):
                text = next(words_left)
                body = self.files[text[1:]] if text.startswith("@") else text.encode()
            elif word.startswith("-"):
                raise ValueError(f"unknown option {word}")
            else:
                urls.append(word)
        (url,) = urls
        if body:  # as curl does
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return Request(method or ("POST" if body else "GET"), url, headers, body)

    def _filled(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            known = self.variables[found[1] or found[3]]
            return known.rsplit("/", 1)[-1] if found[2] else known

        return VARIABLE.sub(value, text)


def blocks(markdown: str) -> list[str]:
    return BLOCK.findall(markdown)


def lines(script: str) -> Iterator[str]:
    """The commands, continued lines joined, comments left out."""
    for line in script.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def pick(value: Any, path: str) -> Any:
    """The part of a JSON value that a jq path such as .items[0].id names."""
    for name, index in STEP.findall(path):
        value = value[name] if name else value[int(index)]
    return value
