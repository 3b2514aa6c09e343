#include "daemon/fetch/coding.h"

#define ZLIB_CONST /* its input is not ours to change */

#include <brotli/decode.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "common/mem.h"

#define STEP_SIZE (16u << 10) /* room that is made for what comes out */
#define GZIP_FIRST 0x1f       /* the first byte of its head */
#define EITHER_HEAD 32        /* of gzip or of zlib, for inflateInit2() */

struct packed {
	enum coding coding;
	bool begun, ended;
	bool over; /* behind the end is something else */
	z_stream zlib;
	BrotliDecoderState *brotli;
};

/* Where to read and where to write, in a library's own terms. */
struct flow {
	const uint8_t *in;
	size_t in_length;
	uint8_t *out;
	size_t out_room;
};

struct packed *packed_new(enum coding coding)
{
	struct packed *packed = MEM_NEW(struct packed);

	packed->coding = coding;
	return packed;
}

void packed_free(struct packed *packed)
{
	if (packed == NULL)
		return;
	if (packed->brotli != NULL)
		BrotliDecoderDestroyInstance(packed->brotli);
	else if (packed->begun)
		inflateEnd(&packed->zlib);
	free(packed);
}

/* zlib's head names its method, 8; bare deflate can begin so with padding only
 * that nobody writes. */
static void begin(struct packed *packed, uint8_t first)
{
	bool bare = packed->coding == CODING_DEFLATE && (first & 0x0f) != 8;

	packed->begun = true;
	if (packed->coding == CODING_BROTLI) {
		packed->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
		if (packed->brotli == NULL)
			mem_is_gone(); /* the only reason */
	} else if (inflateInit2(&packed->zlib, bare ? -MAX_WBITS : MAX_WBITS + EITHER_HEAD) !=
		   Z_OK) {
		mem_is_gone(); /* likewise */
	}
}

static int inflate_flow(struct packed *packed, struct flow *flow, struct err *err)
{
	z_stream *zlib = &packed->zlib;
	int result;

	zlib->next_in = flow->in;
	zlib->avail_in = (uInt)flow->in_length;
	zlib->next_out = flow->out;
	zlib->avail_out = (uInt)flow->out_room;
	result = inflate(zlib, Z_SYNC_FLUSH);
	flow->in = zlib->next_in;
	flow->in_length = zlib->avail_in;
	flow->out = zlib->next_out;
	flow->out_room = zlib->avail_out;
	packed->ended = result == Z_STREAM_END;
	if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR)
		return 0;
	if (result == Z_MEM_ERROR)
		mem_is_gone();
	return err_set(err, ERR_BAD_ENCODING, "its %s is broken: %s",
		packed->coding == CODING_GZIP ? "gzip" : "deflate",
		zlib->msg != NULL ? zlib->msg : "it wants a dictionary");
}

static int brotli_flow(struct packed *packed, struct flow *flow, struct err *err)
{
	BrotliDecoderState *brotli = packed->brotli;
	BrotliDecoderResult result = BrotliDecoderDecompressStream(
		brotli, &flow->in_length, &flow->in, &flow->out_room, &flow->out, NULL);
	BrotliDecoderErrorCode code;

	packed->ended = result == BROTLI_DECODER_RESULT_SUCCESS;
	if (result != BROTLI_DECODER_RESULT_ERROR)
		return 0;
	code = BrotliDecoderGetErrorCode(brotli);
	if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
		code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
		mem_is_gone();
	return err_set(
		err, ERR_BAD_ENCODING, "its brotli is broken: %s", BrotliDecoderErrorString(code));
}

/* Whether there is something to unpack: a beginning, or gzip behind gzip's end. */
static bool is_open(struct packed *packed, const struct flow *flow)
{
	if (flow->in_length > 0 && !packed->begun)
		begin(packed, flow->in[0]);
	if (flow->in_length > 0 && packed->ended && !packed->over) {
		packed->over = packed->coding != CODING_GZIP || flow->in[0] != GZIP_FIRST;
		packed->ended = packed->over;
		if (!packed->over)
			inflateReset(&packed->zlib);
	}
	return packed->begun && !packed->ended;
}

/* One call of the library's. */
static enum unpacked unpack(
	struct packed *packed, struct flow *flow, size_t most, struct buf *out, struct err *err)
{
	size_t room = out->max - out->length;
	uint8_t beyond; /* tells a document that just fits from one that does not */
	int failed;

	if (buf_reserve(out, room < STEP_SIZE ? room : STEP_SIZE) < 0)
		abort(); /* cannot be: it is no more than fits */
	/* (Its memory may be from under a larger limit.) */
	if (room > out->capacity - out->length - 1)
		room = out->capacity - out->length - 1;
	if (room > most)
		room = most;
	flow->out = room > 0 ? (uint8_t *)out->data + out->length : &beyond;
	flow->out_room = room > 0 ? room : 1;
	failed = packed->coding == CODING_BROTLI ? brotli_flow(packed, flow, err)
						 : inflate_flow(packed, flow, err);
	if (failed < 0)
		return UNPACKED_BAD;
	if (room == 0 && flow->out_room == 0)
		return UNPACKED_FULL;
	if (room > 0)
		buf_grown(out, room - flow->out_room);
	return flow->in_length > 0 || flow->out_room == 0 ? UNPACKED_MORE : UNPACKED_ALL;
}

enum unpacked packed_step(struct packed *packed, const char **data, size_t *length, size_t most,
	struct buf *out, struct err *err)
{
	struct flow flow = { .in = (const uint8_t *)*data, .in_length = *length };
	size_t before = out->length;
	enum unpacked result;

	do {
		if (!is_open(packed, &flow)) {
			flow.in_length = 0;
			result = UNPACKED_ALL;
			break;
		}
		result = unpack(packed, &flow, most - (out->length - before), out, err);
	} while (result == UNPACKED_MORE && out->length - before < most);
	*data += *length - flow.in_length;
	*length = flow.in_length;
	return result;
}

bool packed_has_ended(const struct packed *packed)
{
	return packed->ended;
}
