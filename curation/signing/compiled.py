"""The signature kernel in machine code: UTF-8 bytes → tokens → n-gram hashes → affine32 rows and sorted shingle sets.

One file on purpose: numba's cache of compiled code looks at the file of the function it starts from and at no other, so a helper
changed elsewhere would go unnoticed. Only `curation.signing.engine` imports this, when signatures are first asked for.
"""
# numba gives these functions types of its own (see their signatures); mypy cannot follow them.
# mypy: ignore-errors

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

U64 = np.uint64
ONE, ALL = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
LANES = 64
UNROLLED = 8
compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@intrinsic
def _fold_lanes(typing, source, target):
    """Fold the 64 bytes at address `source` to `target`: capitals to small letters, what separates words to 0.

    Returns a mask of the bytes that belong to words. Letters, digits, underscore and every byte of a non-ASCII character do.
    """

    def emit(context, builder, signature, args):
        lanes = ir.VectorType(ir.IntType(8), LANES)

        def splat(value):
            return ir.Constant(lanes, [value] * LANES)

        def between(low, high):
            return builder.icmp_unsigned("<=", builder.sub(read, splat(low)), splat(high - low))

        read = builder.load(builder.inttoptr(args[0], lanes.as_pointer()), align=1)
        capital = between(ord("A"), ord("Z"))
        word = builder.or_(capital, between(ord("a"), ord("z")))
        for low, high in ((ord("0"), ord("9")), (ord("_"), ord("_")), (0x80, 0xFF)):
            word = builder.or_(word, between(low, high))
        small = builder.select(capital, builder.or_(read, splat(0x20)), read)
        kept = builder.select(word, small, splat(0))
        builder.store(kept, builder.inttoptr(args[1], lanes.as_pointer()), align=1)
        return builder.bitcast(word, ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), emit


@intrinsic
def _keep_lanes(typing, source, target):
    """Copy the 64 bytes at `source` to `target`, blanks as 0; returns a mask of the others."""

    def emit(context, builder, signature, args):
        lanes = ir.VectorType(ir.IntType(8), LANES)
        read = builder.load(builder.inttoptr(args[0], lanes.as_pointer()), align=1)
        word = builder.icmp_unsigned(">", read, ir.Constant(lanes, [0x20] * LANES))
        kept = builder.select(word, read, ir.Constant(lanes, [0] * LANES))
        builder.store(kept, builder.inttoptr(args[1], lanes.as_pointer()), align=1)
        return builder.bitcast(word, ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), emit


@intrinsic
def _zeros_below(typing, value):
    """The number of zero bits below the lowest one of `value`; 64 where it is 0."""

    def emit(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), emit


@intrinsic
def _ones(typing, value):
    """The number of one bits of `value`."""

    def emit(context, builder, signature, args):
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), emit


@intrinsic
def _eight_bytes(typing, address):
    """The little-endian 64-bit word at an address of any alignment."""

    def emit(context, builder, signature, args):
        return builder.load(builder.inttoptr(args[0], ir.IntType(64).as_pointer()), align=1)

    return types.uint64(types.uint64), emit


BYTES = types.Array(types.uint8, 1, "C", readonly=True)
PLACES = types.Array(types.int64, 1, "C", readonly=True)
WORDS32 = types.Array(types.uint32, 1, "C", readonly=True)
WORDS64 = types.Array(types.uint64, 1, "C", readonly=True)


@compiled
def _edges(data, start, length, keep, folded, tail, edges):
    """Where words begin and end, alternating, in `length` bytes from `start`; the folded bytes; how many edges there are."""
    count = 0
    carry = U64(0)
    source, target = U64(data.ctypes.data) + U64(start), U64(folded.ctypes.data)
    for place in range(0, length, LANES):
        left = length - place
        address = source + U64(place)
        if start + place + LANES > len(data):
            for lane in range(LANES):
                tail[lane] = data[start + place + lane] if lane < left else np.uint8(0)
            address = U64(tail.ctypes.data)
        mask = (
            _keep_lanes(address, target + U64(place)) if keep else _fold_lanes(address, target + U64(place))
        )
        if left < LANES:
            mask &= (ONE << U64(left)) - ONE
        changed = mask ^ ((mask << ONE) | carry)
        carry = mask >> U64(63)
        found = count + np.int64(_ones(changed))
        while count < found:  # eight at a time without asking, some of them beyond the end
            for step in range(UNROLLED):
                edges[count + step] = np.int32(place + np.int64(_zeros_below(changed)))
                changed &= changed - ONE
            count += UNROLLED
        count = found
    if carry:
        edges[count] = np.int32(length)
        count += 1
    return count


@compiled
def _token_hashes(folded, edges, count, mixers, low_masks, high_masks, hashes):
    """The 64-bit hash of each token, two edges a token."""
    seed, low, high = mixers[0], mixers[1], mixers[2]
    base = U64(folded.ctypes.data)
    for token in range(count >> 1):
        address = base + U64(edges[2 * token])
        length = np.int64(edges[2 * token + 1]) - np.int64(edges[2 * token])
        state = seed
        while length > 16:
            state = (state ^ _eight_bytes(address)) * low
            state = (state ^ (state >> U64(32)) ^ _eight_bytes(address + U64(8))) * high
            state ^= state >> U64(29)
            address += U64(16)
            length -= 16
        state = (state ^ (_eight_bytes(address) & low_masks[length])) * low
        state = (state ^ (state >> U64(32)) ^ (_eight_bytes(address + U64(8)) & high_masks[length])) * high
        hashes[token] = state ^ (state >> U64(29))


@compiled
def _character_hashes(folded, edges, count, mixers, hashes):
    """Hashes of the characters of the tokens joined by blanks; how many."""
    seed, low, high = mixers[0], mixers[1], mixers[2]
    made = 0
    for token in range(count >> 1):
        if token:
            hashes[made] = U64(0x20 + 1)
            made += 1
        for place in range(edges[2 * token], edges[2 * token + 1]):
            byte = U64(folded[place])
            if byte & U64(0xC0) == U64(0x80):
                hashes[made - 1] = ((hashes[made - 1] - ONE) << U64(6)) + (byte & U64(0x3F)) + ONE
                continue
            if byte >= U64(0xF0):
                byte &= U64(0x07)
            elif byte >= U64(0xE0):
                byte &= U64(0x0F)
            elif byte >= U64(0xC0):
                byte &= U64(0x1F)
            hashes[made] = byte + ONE
            made += 1
    for place in range(made):
        state = (seed ^ hashes[place]) * low
        state = (state ^ (state >> U64(32))) * high
        hashes[place] = state ^ (state >> U64(29))
    return made


@compiled
def _grams(hashes, count, n, salt, mixers, grams):
    """The 32-bit hash of every window of n hashes."""
    gram, last = mixers[3], mixers[6]
    rolled, leaving = U64(0), ONE
    for place in range(n):
        rolled = rolled * gram + hashes[place]
    for _ in range(n - 1):
        leaving *= gram
    for place in range(n, count + 1):
        mixed = rolled + salt
        grams[place - n] = np.uint32(((mixed ^ (mixed >> U64(32))) * last) >> U64(32))
        if place < count:
            rolled = (rolled - hashes[place - n] * leaving) * gram + hashes[place]
    return count - n + 1


@compiled
def _shingles(folded, edges, count, n, mixers, low_masks, high_masks, hashes, grams):
    """The n-gram hashes of one text's tokens, or of its characters where there are fewer than n; how many."""
    tokens = count >> 1
    if tokens >= n:
        _token_hashes(folded, edges, count, mixers, low_masks, high_masks, hashes)
        return _grams(hashes, tokens, n, mixers[4], mixers, grams)
    if tokens == 0:
        return 0
    characters = _character_hashes(folded, edges, count, mixers, hashes)
    wide = min(n, characters)
    return _grams(hashes, characters, wide, U64(wide) * mixers[5], mixers, grams)


@compiled
def _minima(grams, count, multipliers, offsets, mixed, row):
    """affine32: the least a[i]·fmix32(h) + b[i] of each permutation i. Eight shingles a pass keep the sums in registers."""
    for place in range(count):
        value = grams[place]
        value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        mixed[place] = value ^ (value >> np.uint32(16))
    padded = (count + UNROLLED - 1) // UNROLLED * UNROLLED
    for place in range(count, padded):
        mixed[place] = mixed[0]
    for i in range(len(row)):
        row[i] = np.uint32(0xFFFFFFFF)
    for place in range(0, padded, UNROLLED):
        one, two, three, four = mixed[place], mixed[place + 1], mixed[place + 2], mixed[place + 3]
        five, six, seven, eight = mixed[place + 4], mixed[place + 5], mixed[place + 6], mixed[place + 7]
        for i in range(len(row)):
            a, b = multipliers[i], offsets[i]
            first = min(np.uint32(a * one + b), np.uint32(a * two + b))
            second = min(np.uint32(a * three + b), np.uint32(a * four + b))
            third = min(np.uint32(a * five + b), np.uint32(a * six + b))
            fourth = min(np.uint32(a * seven + b), np.uint32(a * eight + b))
            lower, upper = min(first, second), min(third, fourth)
            row[i] = min(row[i], min(lower, upper))  # noqa: PLW3301 (pairs become vector instructions, longer calls do not)


@compiled
def _sorted_distinct(grams, count, starts, values):
    """Sorts hashes, which are spread evenly, by their place in the range and then by small steps; how many distinct ones."""
    for place in range(count + 1):
        starts[place] = 0
    for place in range(count):
        starts[((U64(grams[place]) * U64(count)) >> U64(32)) + ONE] += np.int32(1)
    for place in range(count):
        starts[place + 1] += starts[place]
    for place in range(count):
        bucket = (U64(grams[place]) * U64(count)) >> U64(32)
        values[starts[bucket]] = grams[place]
        starts[bucket] += np.int32(1)
    distinct = 0
    for place in range(count):
        value = values[place]
        hole = distinct
        while hole > 0 and values[hole - 1] > value:
            hole -= 1
        if hole > 0 and values[hole - 1] == value:
            continue
        for later in range(distinct, hole, -1):
            values[later] = values[later - 1]
        values[hole] = value
        distinct += 1
    return distinct


@compiled
def _spread(data, start, stop, spread):
    """Code: every sign a token of its own, set off by blanks; blanks and control characters separate. How many bytes."""
    made = 0
    for place in range(start, stop):
        byte = data[place]
        letter = (byte >= 48 and byte <= 57) or (byte >= 65 and byte <= 90) or (byte >= 97 and byte <= 122)
        if letter or byte == 95 or byte >= 128:
            spread[made] = byte
            made += 1
        elif byte <= 32 or byte == 127:
            spread[made] = 32
            made += 1
        else:
            spread[made], spread[made + 1], spread[made + 2] = 32, byte, 32
            made += 3
    return made


@compiled
def _scratch(room):
    return np.empty(room, U64), np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.int32)


@numba.njit(types.void(BYTES, PLACES, types.boolean[::1]), cache=True, nogil=True)
def mark_wide(data, offsets, wide):
    """Write to `wide` which texts hold a character beyond ASCII."""
    base = U64(data.ctypes.data)
    for text in range(len(offsets) - 1):
        place, stop = offsets[text], offsets[text + 1]
        found = U64(0)
        while place + 32 <= stop:
            address = base + U64(place)
            first, second = _eight_bytes(address), _eight_bytes(address + U64(8))
            found |= first | second | _eight_bytes(address + U64(16)) | _eight_bytes(address + U64(24))
            place += 32
        while place < stop:
            found |= U64(data[place])
            place += 1
        wide[text] = found & U64(0x8080808080808080) != U64(0)


@numba.njit(
    types.int64(
        BYTES, PLACES, PLACES, types.boolean, types.int64, WORDS64, WORDS32, WORDS32, types.boolean,
        types.uint32[:, ::1], types.uint32[::1], types.int64[::1],
    ),
    cache=True, nogil=True,
)  # fmt: skip
def sign_texts(data, starts, stops, code, n, mixers, multipliers, offsets32, sets, rows, values, counts):
    """Sign the texts data[starts[i]:stops[i]]; `rows[i]`, `counts[i]` and (where `sets` is asked for) the next `counts[i]` of
    `values` belong to text i. Returns how many values were written."""
    longest = 0
    for place in range(len(starts)):
        longest = max(longest, stops[place] - starts[place])
    width = (3 * longest if code else longest) + 2 * LANES
    folded, tail = np.zeros(width, np.uint8), np.zeros(LANES, np.uint8)
    spread = np.zeros(width if code else 1, np.uint8)
    edges = np.empty(width + UNROLLED, np.int32)
    room = width // 2 + n + UNROLLED
    hashes, grams, mixed, heads = _scratch(room)
    low_masks, high_masks = np.zeros(17, U64), np.zeros(17, U64)
    for length in range(1, 17):
        low_masks[length] = ALL >> U64(64 - 8 * min(length, 8))
        if length > 8:
            high_masks[length] = ALL >> U64(64 - 8 * (length - 8))
    written = 0
    for place in range(len(starts)):
        start, stop = starts[place], stops[place]
        if code:
            made = _spread(data, start, stop, spread)
            count = _edges(spread, 0, made, True, folded, tail, edges)
        else:
            count = _edges(data, start, stop - start, False, folded, tail, edges)
        needed = (count >> 1) + UNROLLED
        if 0 < count >> 1 < n:
            needed = edges[count - 1] + n + UNROLLED
        if needed > len(hashes):
            hashes, grams, mixed, heads = _scratch(needed)
        found = _shingles(folded, edges, count, n, mixers, low_masks, high_masks, hashes, grams)
        _minima(grams, found, multipliers, offsets32, mixed, rows[place])
        if sets:
            found = _sorted_distinct(grams, found, heads, values[written:])
            written += found
        counts[place] = found
    return written


@numba.njit(types.void(BYTES, PLACES, types.uint64[::1]), cache=True, nogil=True)
def content_hashes(data, offsets, hashes):
    """A 64-bit hash of the bytes of each text, for telling texts apart; no part of any spec."""
    base = U64(data.ctypes.data)
    for text in range(len(offsets) - 1):
        place, stop = offsets[text], offsets[text + 1]
        state = U64(stop - place) * U64(0x9E3779B97F4A7C15)
        while place + 8 <= stop:
            state = (state ^ _eight_bytes(base + U64(place))) * U64(0xD6E8FEB86659FD93)
            state ^= state >> U64(32)
            place += 8
        while place < stop:
            state = (state ^ U64(data[place])) * U64(0xD6E8FEB86659FD93)
            state ^= state >> U64(32)
            place += 1
        hashes[text] = state
