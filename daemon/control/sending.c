#include "daemon/control/sending.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/mem.h"
#include "common/utf8.h"

/* A multiple of three, so that base64 has padding at the end only. */
#define PIECE_BYTES ((size_t)192 << 10)

/*
 * The request is libuv's until its callback: this outlives the call where the
 * client leaves in the middle of a read.
 */
struct sending {
	struct call *call; /* NULL: the client has left */
	uv_loop_t *loop;
	uv_fs_t request;
	int fd;
	bool base64, reading;
	int64_t offset;
	size_t carried; /* bytes of a split character, at the piece's start */
	char piece[PIECE_BYTES];
};

static void sending_free(struct sending *sending)
{
	close(sending->fd);
	free(sending);
}

static void on_call_end(void *what)
{
	struct sending *sending = what;

	sending->call = NULL;
	if (!sending->reading)
		sending_free(sending);
}

static void ask_piece(struct call *call);

static void put_piece(struct sending *sending, size_t length)
{
	struct json_writer *w = call_reply(sending->call);
	struct buf text;

	json_put_key(w, "text");
	if (!sending->base64) {
		json_put_text(w, sending->piece, length);
		return;
	}
	buf_init(&text, PIECE_BYTES * 2);
	if (base64_encode(&text, sending->piece, length) == 0)
		json_put_text(w, text.data, text.length);
	buf_release(&text);
}

static void on_read(uv_fs_t *request)
{
	struct sending *sending = request->data;
	struct call *call = sending->call;
	ssize_t n = request->result;
	size_t length, whole;

	uv_fs_req_cleanup(request);
	sending->reading = false;
	if (call == NULL) {
		sending_free(sending);
		return;
	}
	if (n < 0) {
		call_refuse(call, ERR_IO, "reading the copy: %s", uv_strerror((int)n));
		return;
	}
	sending->offset += n;
	length = sending->carried + (size_t)n;
	whole = n == 0 || sending->base64 ? length : utf8_cut(sending->piece, length);
	put_piece(sending, whole);
	if (n == 0) {
		call_end(call);
		return;
	}
	sending->carried = length - whole;
	memmove(sending->piece, sending->piece + whole, sending->carried);
	if (!call->more && length == PIECE_BYTES) {
		call_refuse(call, ERR_USAGE, "this is too long for one reply: call with more");
		return;
	}
	if (!call->more) {
		call_end(call);
		return;
	}
	call_continue(call);
	call_when_drained(call, ask_piece);
}

static void ask_piece(struct call *call)
{
	struct sending *sending = call->state;
	uv_buf_t room = uv_buf_init(
		sending->piece + sending->carried, (unsigned)(PIECE_BYTES - sending->carried));

	sending->reading = true;
	sending->request.data = sending;
	uv_fs_read(
		sending->loop, &sending->request, sending->fd, &room, 1, sending->offset, on_read);
}

void sending_start(struct call *call, int fd, bool base64)
{
	struct sending *sending = MEM_NEW(struct sending);

	sending->call = call;
	sending->loop = call->parts->loop;
	sending->fd = fd;
	sending->base64 = base64;
	call->state = sending;
	call_at_end(call, on_call_end, sending);
	ask_piece(call);
}
