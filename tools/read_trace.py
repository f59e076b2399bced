#!/usr/bin/env python3
"""Reads a GcReplay trace, written from FORMAT.md alone: an independent witness that the page is complete.

    python3 read_trace.py FILE            prints what the trace holds, and its content hash
    python3 read_trace.py FILE --events   prints every event as well

Payloads must be packed with codec none, since no compressor of the standard library knows zstd:
    gcreplay salvage FILE --codec none -o PLAIN
Checkpoints and indexes are passed over: everything follows from the events."""
import pathlib
import struct
import sys
import zlib

MASK = (1 << 64) - 1
HEADER, EVENTS, OUTCOME, FOOTER = 1, 2, 5, 6


def unpack(data, at):
    """One MessagePack item and where the next begins. Extensions come as (type, bytes)."""
    code, at = data[at], at + 1
    if code < 0x80 or code >= 0xE0:
        return (code if code < 0x80 else code - 0x100), at
    if code in (0xC0, 0xC2, 0xC3):
        return (None, 0, False, True)[code - 0xC0], at
    if 0xCA <= code <= 0xD3:
        form = ">" + "fdBHIQbhiq"[code - 0xCA]
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if 0xD4 <= code <= 0xD8:
        size = 1 << (code - 0xD4)
        return (data[at], data[at + 1:at + 1 + size]), at + 1 + size
    if 0x90 <= code < 0xC0:
        size = code & (0x0F if code < 0xA0 else 0x1F)
    else:
        form = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xDC: ">H", 0xDD: ">I"}[code]
        size, at = struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if 0x90 <= code < 0xA0 or code >= 0xDC:
        result = []
        for _ in range(size):
            item, at = unpack(data, at)
            result.append(item)
        return result, at
    part = bytes(data[at:at + size])
    return (part if 0xC4 <= code <= 0xC6 else part.decode()), at + size


def frames(data):
    """(kind, first, count, raw bytes) of each frame up to the footer, or up to the end of a file that was cut."""
    (magic, major, _minor), at = unpack(data, 0)
    if magic != "gcreplay-trace" or major != 1:
        raise ValueError(f"no trace of format 1: {magic} {major}")
    while at < len(data):
        start = at
        head, at = unpack(data, at)
        if not isinstance(head, list) or len(head) < 9 or head[0] != (0x47, b"\xF7GCframe"):
            raise ValueError(f"no frame at byte {start}")
        _, kind, codec, check, first, count, length, _, checksum = head[:9]
        payload, at = unpack(data, at)
        if codec != 0:
            raise ValueError(f"the frame at byte {start} is packed by codec {codec}; write it with none: gcreplay salvage FILE --codec none -o PLAIN")
        summed = struct.pack("<5Q", kind, codec, first, count, length) + payload
        if (zlib.crc32(summed) if check == 1 else xxh3(summed)) != checksum or len(payload) != length:
            raise ValueError(f"the frame at byte {start} fails its checksum")
        if kind == FOOTER:
            return
        yield kind, first, count, payload


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def varint(self):
        value = shift = 0
        while self.data[self.at + shift // 7] >= 0x80:
            value |= (self.data[self.at + shift // 7] & 0x7F) << shift
            shift += 7
        self.at += shift // 7 + 1
        return value | self.data[self.at - 1] << shift

    def take(self, length):
        self.at += length
        return self.data[self.at - length:self.at]


def restore(code, residual, reference):
    return residual ^ reference if code & 0x80 else reference + ((residual >> 1) ^ -(residual & 1)) & MASK


def decode_block(first, count, raw):
    """Yields (kind, thread, site, a, b, c, d, [(address, xor), ...]) of each event."""
    cursor, columns = Cursor(raw), {}
    while cursor.at < len(raw):
        number = cursor.varint()
        columns[number] = cursor.take(cursor.varint())
    kinds, threads, cursor = columns[0], [], Cursor(columns.get(1, b""))
    while cursor.at < len(cursor.data):
        thread = cursor.varint()
        threads += [thread] * cursor.varint()
    threads = threads or [0] * count
    of_kind = {kind: [i for i in range(count) if kinds[i] == kind] for kind in sorted(set(kinds))}
    values = [[0] * count for _ in range(6)]  # site, number of changes, a, b, c, d
    starts, words = [0] * (count + 1), [[], []]  # words: addresses and XORs of all changes

    def reference(r, event, change):
        if r < 4:
            return first + event if r == 2 else 0
        if r < 12:
            return values[r - 2][event] if r < 8 else values[r - 6][event - 1] if event else 0
        return words[r & 1][starts[event] + (r - 12 >> 1)] if r < 26 else words[0][change]

    for column in range(22):
        if column == 6:
            for i in range(count):
                starts[i + 1] = starts[i] + values[1][i]
            words = [[0] * starts[count], [0] * starts[count]]
        ordinal = min(column - 6 >> 1, 7)
        if column >= 6:
            of_kind = {kind: [i for i in events if values[1][i] > ordinal] for kind, events in of_kind.items()}
        if column + 2 not in columns:
            continue
        cursor = Cursor(columns[column + 2])
        streams = [(kind, cursor.take(1)[0], cursor.varint()) for kind in of_kind if of_kind[kind]]
        in_order = {}
        for kind, code, length in streams:
            stream, previous, r = Cursor(cursor.take(length)), 0, code & 0x7F
            target = values[column] if column < 6 else words[column & 1]
            places = [(i, at) for i in of_kind[kind] for at in (
                [i] if column < 6 else range(starts[i] + ordinal, starts[i + 1] if ordinal == 7 else starts[i] + ordinal + 1))]
            for event, at in places:
                residual = stream.varint() if length else 0
                if column == 2 and r == 8:  # a by the a of the event before, whose kind may come later: restored below
                    in_order[kind], target[at] = code, residual
                else:
                    target[at] = previous = restore(code, residual, previous if r == 1 else reference(r, event, at))
        for i in (i for i in range(count) if kinds[i] in in_order):
            values[2][i] = restore(in_order[kinds[i]], values[2][i], values[2][i - 1] if i else 0)
    for i in range(count):
        yield (kinds[i], threads[i], values[0][i], *(values[k][i] for k in (2, 3, 4, 5)), list(zip(*(part[starts[i]:starts[i + 1]] for part in words))))


SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
P32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
P64 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


def xxh3(data):
    """XxHash3, 64 bits, seed 0, of more than 240 bytes: what a content hash and most frames need."""
    if len(data) <= 240:
        raise ValueError("XxHash3 of so few bytes is not in this reader; write such frames with CRC-32")
    lanes = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]]

    def stripe(at, secret):
        keys = struct.unpack_from("<8Q", SECRET, secret)
        for i, value in enumerate(struct.unpack_from("<8Q", data, at)):
            key = value ^ keys[i]
            lanes[i ^ 1] = lanes[i ^ 1] + value & MASK
            lanes[i] = lanes[i] + (key & 0xFFFFFFFF) * (key >> 32) & MASK

    for number in range((len(data) - 1) // 64):
        stripe(number * 64, number % 16 * 8)
        if number % 16 == 15:
            for i, key in enumerate(struct.unpack_from("<8Q", SECRET, 128)):
                lanes[i] = ((lanes[i] ^ lanes[i] >> 47) ^ key) * P32[0] & MASK
    stripe(len(data) - 64, 192 - 64 - 7)
    mixed = [lane ^ key for lane, key in zip(lanes, struct.unpack_from("<8Q", SECRET, 11))]
    products = [mixed[i] * mixed[i + 1] for i in range(0, 8, 2)]
    result = len(data) * P64[0] + sum(product & MASK ^ product >> 64 for product in products) & MASK
    result = (result ^ result >> 37) * 0x165667919E3779F9 & MASK
    return result ^ result >> 32


def main(path, show):
    words, number, outcome = bytearray(), 0, None
    for kind, first, count, raw in frames(pathlib.Path(path).read_bytes()):
        if kind == HEADER:
            header = unpack(raw, 0)[0]
            print(f"{header[1]}: {header[3]}@{header[4]}, allocator {header[5]}, seed {header[6]}, {len(header[9][2])} structs")
        elif kind == EVENTS:
            for event in decode_block(first, count, raw):
                number += 1
                words += struct.pack(f"<{8 + 2 * len(event[7])}Q", *event[:7], len(event[7]), *(word for change in event[7] for word in change))
                if show:
                    print(number, *event[:7], *(f"{address:x}^{xor:x}" for address, xor in event[7]))
        elif kind == OUTCOME:
            outcome = unpack(raw, 0)[0]
    print(f"events {number}\ncontent hash {xxh3(words):016x}")
    if outcome and outcome[3] != xxh3(words):
        raise ValueError(f"the outcome says {outcome[3]:016x}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], "--events" in sys.argv)
    except (IndexError, KeyError, ValueError, struct.error, OSError) as error:
        sys.exit(f"read_trace: {error}")
