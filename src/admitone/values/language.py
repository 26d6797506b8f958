"""The merge language: a small, closed part of Liquid. No loops, no ranges, no includes, no attributes, bounded output.

Without loops a text costs what its length costs; `assign` may still double a string, which the namespace limit stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, Mode, RenderContext, StrictUndefined
from liquid.ast import Node
from liquid.builtin.expressions import Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

MAX_TEMPLATE = 20_000  # characters
TAGS = frozenset({"if", "unless", "case", "assign", "comment", "raw", "#"})
OWN_TAGS = {"content", "illegal", "output"}
FILTERS = frozenset(
    {"append", "capitalize", "default", "downcase", "lstrip", "prepend", "rstrip", "size", "strip"}
    | {"strip_newlines", "truncate", "truncatewords", "upcase", "url_encode"}
)
EMPTY = "\x00empty"  # where a rendering keeps the names of outputs that came out empty


#: Names in names in names take the parser seconds, and one level is already refused.
TOO_DEEP = re.compile(r"\{[{%](?:[^\[\]}]*\[){10}")
WORD = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def spelled(name: str) -> str:
    """A value's name as a text writes it: contact.name, but hook["odd name"]."""
    first, *rest = name.split(".")
    parts = [f".{word}" if WORD.fullmatch(word) else f"[{quoted(word)}]" for word in rest]
    return first + "".join(parts)


def quoted(word: str) -> str:
    return f"'{word}'" if '"' in word else f'"{word}"'


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is the value that is wrong, or "" for the text as a whole."""

    path: str
    message: str


class Unreadable(ValueError):
    """The text is not in the merge language; `args[0]` is a sentence."""


class NotedOutputNode(OutputNode):
    """Writes its value, and notes its expression if there was nothing to write."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = to_liquid_string(self.expression.evaluate(context), context.autoescape)
        if not text.strip():
            context.tag_namespace.setdefault(EMPTY, []).append(str(self.expression))
        return buffer.write(text)


class NotedOutput(Output):
    node_class = NotedOutputNode


class Language(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 100
    local_namespace_limit = 50_000
    output_stream_limit = 100_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=False)
        # Every tag a person can write has a name in letters; the others are the parser's own.
        for name in [name for name in self.tags if name.isalpha() and name not in TAGS | OWN_TAGS]:
            del self.tags[name]
        for name in set(self.filters) - FILTERS:
            del self.filters[name]
        self.add_tag(NotedOutput)


PLAIN = Language(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)
ESCAPED = Language(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True, autoescape=True)


@lru_cache(maxsize=512)
def parse(text: str, *, escaped: bool = False) -> BoundTemplate:
    """The parsed text. Raises Unreadable with a sentence for whoever wrote it."""
    if len(text) > MAX_TEMPLATE:
        raise Unreadable(f"Use at most {MAX_TEMPLATE} characters.")
    if TOO_DEEP.search(text):
        raise Unreadable("This is nested too deeply.")
    try:
        template = (ESCAPED if escaped else PLAIN).from_string(text)
        ranges = any(isinstance(part, RangeLiteral) for part in expressions(template.nodes))
        unknown = sorted(set(template.analyze(include_partials=False).filters) - FILTERS)
    except LiquidError as error:
        raise Unreadable(sentence(error)) from error
    except RecursionError as error:
        raise Unreadable("This is nested too deeply.") from error
    if ranges:
        raise Unreadable("Ranges like (1..10) are not available here.")
    if unknown:
        raise Unreadable(f"There is no filter called {unknown[0]}.")
    return template


def expressions(nodes: Iterable[Node]) -> Iterator[Expression]:
    """Every expression in the tree, and the expressions inside those."""
    context = RenderContext(PLAIN.from_string(""))
    for node in nodes:
        for one in node.expressions():
            yield from nested(one)
        yield from expressions(node.children(context, include_partials=False))


def nested(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from nested(child)


def paths(template: BoundTemplate) -> list[tuple[str, ...] | None]:
    """Every value that the text asks the outside for; None for one whose name is only known when it is rendered."""
    assigned = locals_of(template)
    found: list[tuple[str, ...] | None] = []
    for part in expressions(template.nodes):
        if isinstance(part, Path):
            plain = all(isinstance(segment, str) for segment in part.path)
            words = tuple(str(segment) for segment in part.path) if plain else None
            if words is None or len(words) > 1 or words[0] not in assigned:
                found.append(words)
    return found


def locals_of(template: BoundTemplate) -> set[str]:
    """Names that the text gives to values of its own."""
    return {str(name) for name in template.analyze(include_partials=False).locals}


def execute(template: BoundTemplate, values: dict[str, Any]) -> tuple[str, list[str]]:
    """The text and the expressions that came out empty. Raises Unreadable for a value there is not, or a limit."""
    context = RenderContext(template, globals=template.make_globals(values))
    buffer = context.get_buffer()
    try:
        template.render_with_context(context, buffer)
    except LiquidError as error:
        raise Unreadable(sentence(error)) from error
    except (ArithmeticError, TypeError, ValueError) as error:
        raise Unreadable("A value could not be worked with.") from error
    return buffer.getvalue(), list(dict.fromkeys(context.tag_namespace.get(EMPTY, [])))


def sentence(error: LiquidError) -> str:
    text = str(error.message or "This could not be read.").strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
