/*
 * A packed document: whole and in pieces, in and out, it comes to the same; the
 * limit holds.  The first byte says how it is packed, the next two how large the
 * pieces are.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/fetch/coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX (256u << 10)

static void check(int holds)
{
	if (!holds)
		abort();
}

static enum unpacked unpack(enum coding coding, const uint8_t *in, size_t size, size_t piece,
	size_t most, struct buf *out, bool *out_ended)
{
	struct packed *packed = packed_new(coding);
	enum unpacked result = UNPACKED_ALL;
	size_t at, taken, length, before;
	const char *data;
	struct err err;
	char *own;

	for (at = 0; at < size && result == UNPACKED_ALL; at += taken) {
		taken = length = size - at < piece ? size - at : piece;
		own = mem_alloc(length); /* of its own, so that one byte too far shows */
		memcpy(own, in + at, length);
		data = own;
		do {
			before = out->length;
			result = packed_step(packed, &data, &length, most, out, &err);
			check(out->length - before <= most && out->length <= OUT_MAX);
			check(result != UNPACKED_ALL || length == 0);
		} while (result == UNPACKED_MORE);
		free(own);
	}
	*out_ended = packed_has_ended(packed);
	packed_free(packed);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum unpacked result, pieces;
	struct buf out, other;
	enum coding coding;
	bool ended, pieces_end;

	if (size < 3)
		return 0;
	coding = (enum coding)(CODING_GZIP + data[0] % 3);
	buf_init(&out, OUT_MAX);
	buf_init(&other, OUT_MAX);
	result = unpack(coding, data + 3, size - 3, size, OUT_MAX, &out, &ended);
	pieces = unpack(
		coding, data + 3, size - 3, 1u + data[1], 1u + 16u * data[2], &other, &pieces_end);
	/* What is both too large and broken is either, as much as came in at once. */
	check((result == UNPACKED_ALL) == (pieces == UNPACKED_ALL));
	if (result == UNPACKED_ALL) {
		check(ended == pieces_end && out.length == other.length);
		check(memcmp(out.data, other.data, out.length) == 0);
	}
	buf_release(&out);
	buf_release(&other);
	return 0;
}
