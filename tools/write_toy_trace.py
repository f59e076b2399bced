#!/usr/bin/env python3
"""Writes the trace of a toy heap with a layout of its own, from FORMAT.md alone: any runtime that can say "event, words changed" can.

    python3 write_toy_trace.py FILE

Four nodes on a list are marked in increments. Between two of them the program stores a white node into a black one, and there is no
write barrier: `gcreplay check FILE` names that event."""
import struct
import sys
import zlib

sys.dont_write_bytecode = True
from read_trace import xxh3  # noqa: E402

HEADER, EVENTS, OUTCOME, FOOTER = 1, 2, 5, 6
PLAIN, ROOT, OBJECT = 0, 1, 5  # roles of structs
FLAG, PHASE, OWNED, LINK = 1, 5, 10, 12  # roles of fields
OPERATION_BEGIN, OPERATION_END, MAP, ALLOCATE, STORE, ROOT_STORE, MARK, LINK_IN, LIST_INIT, FLAGGED, SETUP = 1, 2, 10, 12, 21, 22, 31, 35, 39, 42, 56

HEAP, NODES, NODE_BYTES = 0x10000, 0x11000, 48
PHASE_WORD, LIST_HEAD, ROOT_SLOT = HEAP, HEAP + 8, HEAP + 24


def pack(item):
    """MessagePack, each number as short as it can be."""
    if item is None or isinstance(item, bool):
        return b"\xC0" if item is None else b"\xC3" if item else b"\xC2"
    if isinstance(item, int):
        if 0 <= item < 0x80 or -0x20 <= item < 0:
            return struct.pack("b", item)
        sizes = [(0xCC, ">B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">Q")] if item > 0 else [(0xD0, ">b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q")]
        for code, form in sizes:
            bits = struct.calcsize(form) * 8
            if item < 1 << bits if item > 0 else item >= -(1 << bits - 1):
                return bytes([code]) + struct.pack(form, item)
    if isinstance(item, str):
        text = item.encode()
        return b"\xDB" + struct.pack(">I", len(text)) + text
    if isinstance(item, bytes):
        form, code = (">B", 0xC4) if len(item) < 0x100 else (">H", 0xC5) if len(item) < 0x10000 else (">I", 0xC6)
        return bytes([code]) + struct.pack(form, len(item)) + item
    return b"\xDD" + struct.pack(">I", len(item)) + b"".join(pack(part) for part in item)


def frame(kind, first, count, raw):
    none, crc32 = 0, 1
    checksum = zlib.crc32(struct.pack("<5Q", kind, none, first, count, len(raw)) + raw)
    numbers = b"".join(pack(number) for number in (kind, none, crc32, first, count, len(raw), len(raw), checksum))
    return b"\x99\xD7\x47\xF7GCframe" + numbers + pack(raw)


def varint(value):
    text = bytearray()
    while value >= 0x80:
        text.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(text) + bytes([value])


def encode_block(events):
    """Columns without any cleverness: every value as it is (prediction 0x80: XOR with 0)."""
    kinds = sorted({event[0] for event in events})
    columns = {0: bytes(event[0] for event in events), 1: varint(0) + varint(len(events))}
    for column in range(20):
        streams = {kind: b"" for kind in kinds}
        for kind, *operands, changes in events:
            ordinal = column - 6 >> 1
            value = (0 if column == 0 else len(changes) if column == 1 else operands[column - 2] if column < 6
                     else changes[ordinal][column & 1] if ordinal < len(changes) else None)
            if value is not None:
                streams[kind] += varint(value)
        # A kind none of whose events has a value in this column has no stream.
        streams = {kind: stream for kind, stream in streams.items() if stream}
        directory = b"".join(b"\x80" + varint(len(stream)) for stream in streams.values())
        columns[column + 2] = directory + b"".join(streams.values())
    return b"".join(varint(number) + varint(len(column)) + column for number, column in columns.items() if column)


class Toy:
    """A heap that notes what it does: each event and the words it changed."""

    def __init__(self):
        self.words, self.events, self.operations, self.nodes = {}, [], [], []

    def event(self, kind, *operands, **writes):
        changes = []
        for address, value in writes.get("writes", []):
            changes.append((address, self.words.get(address, 0) ^ value))
            self.words[address] = value
        self.events.append((kind, *operands, *[0] * (4 - len(operands)), changes))
        return len(self.events)

    def operation(self, text):
        self.operations.append([f"main/{len(self.operations) + 1}", "main", len(self.operations) + 1, text])
        return self.event(OPERATION_BEGIN, len(self.operations) - 1)

    def end(self, begin):
        self.event(OPERATION_END, begin, 0, 1)

    def new(self, name):
        begin, address = self.operation(f"new {name}"), NODES + len(self.nodes) * NODE_BYTES
        self.nodes.append(address)
        number = len(self.nodes)
        self.event(ALLOCATE, address, NODE_BYTES, number, number << 16)  # descriptor: type 0, the name's index, interpreter 0
        last = self.words[LIST_HEAD + 8]
        self.event(LINK_IN, LIST_HEAD, address, writes=[(address, LIST_HEAD), (address + 8, last), (last, address), (LIST_HEAD + 8, address)])
        self.end(begin)
        return address

    def store(self, source, slot, target, text):
        begin = self.operation(text)
        self.event(STORE, source, source + 24 + slot * 8, target, writes=[(source + 24 + slot * 8, target)])
        self.end(begin)

    def run(self):
        self.event(MAP, HEAP, 0x4000)
        self.event(LIST_INIT, LIST_HEAD, writes=[(LIST_HEAD, LIST_HEAD), (LIST_HEAD + 8, LIST_HEAD)])
        head, left, right, victim = (self.new(name) for name in NAMES[1:])
        begin = self.operation("root = head")
        self.event(ROOT_STORE, ROOT_SLOT, head, writes=[(ROOT_SLOT, head)])
        self.end(begin)
        self.store(head, 0, left, "head.left = left")
        self.store(left, 0, right, "left.left = right")
        self.store(right, 0, victim, "right.left = victim")
        begin = self.operation("mark: the root")
        self.event(SETUP, HEAP, writes=[(PHASE_WORD, 1)])
        self.event(FLAGGED, head, head + 16, writes=[(head + 16, 2)])  # grey
        self.end(begin)
        begin = self.operation("mark: one increment")
        self.event(FLAGGED, left, left + 16, writes=[(left + 16, 2)])
        self.event(MARK, head, writes=[(head + 16, 1)])  # black
        self.end(begin)
        self.store(head, 1, victim, "head.right = victim, without a barrier")
        self.store(right, 0, 0, "right.left = nothing")


NAMES = ["", "head", "left", "right", "victim"]


def field(name, offset, role, shift=0, width=64):
    return [name, offset, shift, width, [[role, ALWAYS, ""]]]


ALWAYS = [[], [], [], [], [], "", ""]


def header(toy):
    root = ["toy", ROOT, 32, [field("phase", 0, PHASE), field("root", 24, OWNED)], [[1, "nodes", 8, 0, 8, 0, 0, True, []]]]
    node = ["node", OBJECT, NODE_BYTES, [
        field("next", 0, LINK), field("prev", 8, LINK), field("BLACK", 16, FLAG, 0, 1), field("GREY", 16, FLAG, 1, 1),
        field("left", 24, OWNED), field("right", 32, OWNED)], []]

    def when(*flags):
        return [list(flags), [], ["mark"], [], [], "", ""]

    layout = ["toy", "1", [root, node], [["node", "node", 0, True]], HEAP, "toy", [[3, when("BLACK")], [2, when("GREY")], [1, when()]],
              ["idle", "mark"], [["", ""]], NAMES, [["nodes", NODES, NODES + 0x1000]], ["main"]]
    return ["write_toy_trace", "toy.txt", "", "toy", "1", "toy", 0, False, [], layout, toy.operations, ["main"]]


def main(path):
    toy = Toy()
    toy.run()
    count = len(toy.events)
    words = b"".join(
        struct.pack(f"<{8 + 2 * len(changes)}Q", kind, 0, 0, *operands, len(changes), *(word for change in changes for word in change))
        for kind, *operands, changes in toy.events)
    # Status ok; events, operations, content hash; a state hash is not ours to know; no choice took its default, no failure.
    outcome = [0, count, len(toy.operations), xxh3(words), 0, 0, None]
    parts = [(HEADER, 0, 0, pack(header(toy))), (EVENTS, 1, count, encode_block(toy.events)), (OUTCOME, count, 0, pack(outcome))]
    data, table = b"\x93\xAEgcreplay-trace\x01\x00", b""
    for kind, first, number, raw in parts:
        part = frame(kind, first, number, raw)
        data, table = data + part, table + bytes([kind]) + varint(len(part)) + varint(first) + varint(number)
    end = b"\x92\xD7\x47\xF7GCend..\xCF" + struct.pack(">Q", len(data))
    with open(path, "wb") as file:
        file.write(data + frame(FOOTER, 0, len(parts), table) + end)
    print(f"{count} events in {len(toy.operations)} operations")


if __name__ == "__main__":
    main(sys.argv[1])
