"""Buckets, screening, verification and the walk that makes stars, in machine code where numba is there and in Python where not.

One file, for the reason `curation.signing.compiled` gives.
"""
# numba gives these functions types of its own; mypy cannot follow them.
# mypy: ignore-errors

from __future__ import annotations

import importlib.util

import numpy as np

if importlib.util.find_spec("numba"):
    import numba

    compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
else:

    def compiled(function):
        """Without numba the function itself."""
        return function


@compiled
def fill_buckets(ordered, numbers, base, sizes):
    """`ordered` uint64: (key << 32 | rank), sorted. Writes each rank's number of bucket, counted from `base`, or -1 for one
    alone in its own, and the buckets' sizes; returns how many there are."""
    start, known = 0, 0
    while start < len(ordered):
        stop = start + 1
        while stop < len(ordered) and ordered[stop] >> np.uint64(32) == ordered[start] >> np.uint64(32):
            stop += 1
        number = -1
        if stop - start > 1:
            number = base + known
            sizes[known] = stop - start
            known += 1
        for place in range(start, stop):
            numbers[np.int64(ordered[place] & np.uint64(0xFFFFFFFF))] = number
        start = stop
    return known


@compiled
def _agreeing(sketch, one, other):
    """How many bytes agree, eight at a time: a byte of `equal` is 1 where both words have the same byte."""
    low, ones = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x0101010101010101)
    total = np.uint64(0)
    for word in range(sketch.shape[1]):
        differing = sketch[one, word] ^ sketch[other, word]
        equal = ~((((differing & low) + low) | differing) >> np.uint64(7)) & ones
        total += (equal & np.uint64(0x00FF00FF00FF00FF)) + (
            (equal >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
        )
    total = (total & np.uint64(0x0000FFFF0000FFFF)) + (
        (total >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    )
    return np.int64((total & np.uint64(0xFFFFFFFF)) + (total >> np.uint64(32)))


@compiled
def _similarity(values, offsets, one, other, threshold):
    """Exact Jaccard similarity of two sorted sets; any number below `threshold` once it can no longer be reached."""
    left, left_stop = offsets[one], offsets[one + 1]
    right, right_stop = offsets[other], offsets[other + 1]
    both = (left_stop - left) + (right_stop - right)
    missing = np.int64((left_stop - left) - threshold / (1 + threshold) * both + 1e-6)
    last = left + missing
    shared = 0
    while left < left_stop and right < right_stop:
        first, second = values[left], values[right]
        shared += first == second
        left += first <= second
        right += second <= first
        if left - shared > last:
            return 0.0
    return shared / (both - shared)


@compiled
def walk(
    first, chosen, sizes, buckets, starts, filled, rooms, slots, seen, found, sketch, values, offsets, threshold, least, every, star,
    near, lefts, rights, similarities,
):  # fmt: skip
    """Meet each document, in canonical order, with those that stand in its buckets; returns (next document, pairs written).

    `sizes` and `buckets` (bands, ranks) lie in that order too: what is met next lies near in memory.

    With `every` all documents stand, and all pairs at the threshold are written, until the room for them is nearly full.
    Without, a document near one that stands joins the first such star (`star`, `near`), and only others stand.
    """
    written = 0
    for rank in range(first, len(chosen)):
        document = chosen[rank]
        size = sizes[rank]
        count = 0
        for band in range(len(buckets)):
            bucket = buckets[band, rank]
            if bucket < 0:
                continue
            for slot in range(starts[bucket], starts[bucket] + filled[bucket]):
                other = slots[slot]
                if seen[other] == rank:
                    continue
                seen[other] = rank
                other_size = sizes[other]
                if min(size, other_size) < threshold * max(size, other_size) - 1e-9:
                    continue
                if _agreeing(sketch, document, chosen[other]) < least:
                    continue
                found[count] = other
                count += 1
        if written + count > len(lefts):
            return rank, written
        if not every:
            found[:count].sort()
        joined = False
        for place in range(count):
            other = found[place]
            similarity = _similarity(values, offsets, document, chosen[other], threshold)
            if similarity < threshold:
                continue
            if every:
                lefts[written], rights[written], similarities[written] = other, rank, similarity
                written += 1
            else:
                star[rank], near[rank] = other, similarity
                joined = True
                break
        if joined:
            continue
        for band in range(len(buckets)):
            bucket = buckets[band, rank]
            if bucket >= 0 and filled[bucket] < rooms[bucket]:
                slots[starts[bucket] + filled[bucket]] = rank
                filled[bucket] += 1
    return len(chosen), written
