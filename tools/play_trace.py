#!/usr/bin/env python3
"""Plays a GcReplay trace from FORMAT.md alone, with its shadow, and compares what it comes to with what the file says: the state hash of
the outcome and every checkpoint, hash and words, and every index of a block.

    python3 play_trace.py FILE

Packed with codec none, as read_trace.py wants it. A window begins with the checkpoint at its first position."""
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
from read_trace import MASK, Cursor, decode_block, frames, unpack  # noqa: E402

HEADER, EVENTS, CHECKPOINT, OUTCOME, PAGES, INDEX = 1, 2, 3, 5, 7, 64
CELLS, ROWS, SCRIPT_ROWS, RUNTIME_ROWS = 1 << 63, 0xC << 60, 0xC4 << 56, 0xC8 << 56
PAGE_MAP, SPANS, COUNTERS = 0xD << 60, 0xE << 60, 0xF << 60
LIVE, FREED, FORWARDED, RESERVED = 1, 2, 3, 4
BEGINS, ENDS, MAP, UNMAP, ALLOCATE, FREE, MOVE, THREAD_SWITCH, ELIDED = (1, 3, 5, 7), (2, 4, 6, 8), 10, 11, 12, 13, 44, 54, 59
RANGES = (MAP, UNMAP, ALLOCATE, FREE)
# For each kind the places of its operands that name memory; those of ranges are below.
NAMED = {3: (2,), 5: (1,), 7: (0,), 20: (0, 1, 2), 21: (0, 1, 2), 22: (0, 1), 23: (0,), 24: (0, 1, 2), 30: (0, 1, 2), 35: (0, 1), 36: (0, 1, 2),
         37: (0, 1), 38: (0, 1), 40: (0, 1), 41: (0, 1), 42: (0, 1), 44: (0, 1), 50: (1,), 51: (1,), 52: (1,), 53: (1,), 60: (0, 1)}
NAMED.update({kind: (0,) for kind in (25, 26, 31, 32, 33, 34, 39, 43, 45, 46, 47, 48, 49, 56, 57, 61, 62, *RANGES)})


def mix(address, word):
    h = word * 0x9E3779B97F4A7C15 & MASK ^ (address + 0x632BE59BD9B4E019) * 0xD6E8FEB86659FD93 & MASK
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD & MASK
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    return h ^ h >> 33


class State(dict):
    """Words that are not zero, of the process and of the shadow."""

    def word(self, address):
        return self.get(address, 0)

    def put(self, address, value):
        if value:
            self[address] = value
        else:
            self.pop(address, None)

    def hash(self):
        return sum(mix(address, word) for address, word in self.items()) & MASK

    def pages(self):
        result = {}
        for address, word in self.items():
            result.setdefault(address >> 12, [0] * 512)[address >> 3 & 511] = word
        return result

    def row(self, number, is_runtime):
        """The row of an object and where it lies."""
        row = number
        if number >> 32:
            row = next(r for r in range(1 << 31, (1 << 31) + self.word(COUNTERS + 16) + 1) if self.word(SCRIPT_ROWS + (r - (1 << 31)) * 32 + 16) == number)
        return row, self.place(row, is_runtime)

    def place(self, row, is_runtime):
        return RUNTIME_ROWS + row * 16 if is_runtime else ROWS + row * 16 if row < 1 << 31 else SCRIPT_ROWS + (row - (1 << 31)) * 32

    def set_cell(self, start, state, is_runtime, size, row):
        self.put(CELLS + start, state | is_runtime << 3 | size >> 3 << 4 | row << 32)

    def cell(self, address):
        """Start of the cell that covers an address, and its word."""
        start = max(a for a in self if CELLS <= a < CELLS + (1 << 47) and a <= CELLS + address)
        return start - CELLS, self[start]

    def count_live(self, words):
        self.put(COUNTERS + 8, self.word(COUNTERS + 8) + words)

    def play(self, number, kind, thread, a, b, c, d, changes):
        for address, xor in changes:
            self.put(address, self.word(address) ^ xor)
        spans, is_runtime = SPANS + (thread << 24), c >> 63
        if kind in BEGINS:
            self.put(spans, self.word(spans) + 1)
            self.put(spans + self.word(spans) * 8, number)
        elif kind in ENDS:
            self.put(spans + self.word(spans) * 8, 0)
            self.put(spans, self.word(spans) - 1)
        elif kind in (MAP, UNMAP):
            for page in range(a >> 12, a + b >> 12):
                at, bit = PAGE_MAP + (page >> 6) * 8, 1 << (page & 63)
                self.put(at, self.word(at) | bit if kind == MAP else self.word(at) & ~bit)
        elif kind == ALLOCATE:
            row = born = c & MASK >> 1
            if born >> 32:
                self.put(COUNTERS + 16, self.word(COUNTERS + 16) + 1)
                row = (1 << 31) + self.word(COUNTERS + 16)
                self.put(self.place(row, 0) + 16, born)
            if born:
                self.put(self.place(row, is_runtime), a + (d >> 56) * 8)
                self.put(self.place(row, is_runtime) + 8, d)
            self.set_cell(a, LIVE, is_runtime, b, row)
            self.count_live(b >> 3)
        elif kind == FREE:
            row = self.row(c & MASK >> 1, is_runtime)[0]
            self.set_cell(a, RESERVED if d == 1 else FREED, is_runtime, b, row)
            self.count_live(-(b >> 3) if d < 2 else 0)
        elif kind == MOVE:
            start, word = self.cell(a)
            place = self.place(word >> 32, word >> 3 & 1)
            taken = b - (self.word(place + 8) >> 56) * 8
            self.put(CELLS + start, word & ~7 | FORWARDED)
            self.put(CELLS + taken, self.word(CELLS + taken) | word & 8 | word >> 32 << 32)
            self.put(place, b)
            self.count_live(-(word >> 4 & (1 << 28) - 1))
        elif kind == THREAD_SWITCH:
            self.put(COUNTERS, b)


def index_of(events):
    """Kinds, whether a range is too large to list, words written, words named: sets of (page, word)."""
    kinds, large, written, named = 0, 0, set(), set()
    for kind, _, _, *operands, changes in events:
        kinds |= 1 << kind
        written.update((address >> 12, address >> 3 & 511) for address, _ in changes)
        named.update((operands[i] >> 12, operands[i] >> 3 & 511) for i in NAMED.get(kind, ()) if operands[i])
        if kind in RANGES and operands[0] and operands[1]:
            first, last = operands[0] >> 12, operands[0] + operands[1] - 1 >> 12
            large |= last - first > 64
            named.update((page, 0) for page in range(first + 1, last + 1) if last - first <= 64)
        if kind in (ALLOCATE, FREE) and operands[2]:
            named.add(((1 << 63) + (operands[2] >> 9), operands[2] & 511))
    return kinds, large, written, named


def numbers(cursor, count):
    result, after = [], 0
    for _ in range(count):
        result.append(after + cursor.varint())
        after = result[-1] + 1
    return result


def read_index(raw):
    cursor, sets = Cursor(raw), []
    kinds, large = struct.unpack("<QB", cursor.take(9))
    for _ in range(2):
        pages = numbers(cursor, cursor.varint())
        words = [(page, i) for page, mask in zip(pages, cursor.take(len(pages))) for i in range(8) if mask >> i & 1]
        bits = struct.unpack(f"<{len(words)}Q", cursor.take(len(words) * 8))
        sets.append({(page, i * 64 + b) for (page, i), word in zip(words, bits) for b in range(64) if word >> b & 1})
    return kinds, large, *sets


def read_checkpoint(raw, count, parts):
    """Its hash, and its pages by number; zig-zag as in a block."""
    cursor = Cursor(raw)
    claimed = struct.unpack("<Q", cursor.take(8))[0]
    ids = numbers(cursor, cursor.varint())
    pages, place, result = numbers(cursor, count), 0, {}
    for page in pages:
        step = cursor.varint()
        place += step >> 1 ^ -(step & 1)
        result[page] = parts[ids[place]][page]
    return claimed, result


def main(path):
    state, start, block, parts, seen = State(), 0, [], {}, {"checkpoints": 0, "indexes": 0}

    def expect(is_so, what):
        if not is_so:
            raise ValueError(f"{what} is otherwise")

    for kind, first, count, raw in frames(pathlib.Path(path).read_bytes()):
        if kind == HEADER:
            header = unpack(raw, 0)[0]
            start = header[12] if len(header) > 12 else 0
        elif kind == EVENTS:
            block = list(decode_block(first, count, raw))
            for number, (event, thread, _site, *operands, changes) in enumerate(block, first):
                if number > start:
                    state.play(number, event, thread, *operands, changes)
        elif kind == INDEX:
            expect(read_index(raw) == index_of(block), f"the index of the block from event {first}")
            seen["indexes"] += 1
        elif kind == PAGES:
            cursor = Cursor(raw)
            pages = numbers(cursor, count)
            parts[first] = {page: list(struct.unpack("<512Q", cursor.take(4096))) for page in pages}
        elif kind == CHECKPOINT:
            claimed, pages = read_checkpoint(raw, count, parts)
            if first == start:
                state.update({(page << 12) + i * 8: word for page, words in pages.items() for i, word in enumerate(words) if word})
            expect(pages == state.pages() and claimed == state.hash(), f"the checkpoint after event {first}")
            seen["checkpoints"] += 1
        elif kind == OUTCOME:
            expect(unpack(raw, 0)[0][4] in (0, state.hash()), "the state hash of the outcome")
    print(f"state hash {state.hash():016x}\n{seen['checkpoints']} checkpoints, {seen['indexes']} indexes")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (IndexError, KeyError, ValueError, StopIteration, struct.error, OSError) as error:
        sys.exit(f"play_trace: {error}")
