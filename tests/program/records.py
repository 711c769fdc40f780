"""The records of a checkpoint, read and written without the library; include/kuramoto/detail/io/checkpoint_head.hpp
describes the file.

A record is a pair: its type, and the bytes of its value as they stand in the file.
"""

import pathlib
import struct

INTEGER, UNSIGNED, NUMBER, TEXT, FLOAT32, FLOAT64 = range(1, 7)


def integer(value):
    return INTEGER, struct.pack("<q", value)


def number(value):
    return NUMBER, struct.pack("<d", value)


def text(value):
    return TEXT, struct.pack("<Q", len(value)) + value.encode()


def table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xC96C5795D7870F42 if value & 1 else 0)
        yield value


TABLE = list(table())


def checksum(data):
    """CRC-64/XZ."""
    register = 2**64 - 1
    for byte in data:
        register = register >> 8 ^ TABLE[(register ^ byte) & 255]
    return struct.pack("<Q", register ^ 2**64 - 1)


def read(path):
    """The records by name, and the bytes of the cells with their checksums."""
    data = pathlib.Path(path).read_bytes()
    magic, form, _, count, length = struct.unpack_from("<8sIIII", data)
    assert magic == b"KURAMOTO" and form == 2
    end = 24 + length
    assert data[end : end + 8] == checksum(data[:end])
    found, at = {}, 24
    for _ in range(count):
        kind, size = data[at : at + 2]
        name, at = data[at + 2 : at + 2 + size].decode(), at + 2 + size
        size = {TEXT: 8 + struct.unpack_from("<Q", data, at)[0], FLOAT32: 16, FLOAT64: 16}.get(kind, 8)
        found[name], at = (kind, data[at : at + size]), at + size
    assert at == end, "the records fill their bytes"
    return found, data[end + 8 :]


def write(path, records, cells):
    body = b"".join(bytes([kind, len(name)]) + name.encode() + value for name, (kind, value) in records.items())
    head = struct.pack("<8sIIII", b"KURAMOTO", 2, 1 << 12, len(records), len(body)) + body
    pathlib.Path(path).write_bytes(head + checksum(head) + cells)
