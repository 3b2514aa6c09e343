#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/*
 * A growing run of bytes, born with the most it may ever hold.  It is moved,
 * never shared.  Behind the bytes there is always a NUL that does not count.
 *
 * Filling fails only at the limit, and then leaves the buffer as it was.
 */
struct buf {
	char *data; /* never NULL: "" while nothing is held */
	size_t length;
	size_t capacity; /* 0 while data is the static "" */
	size_t max;
};

void buf_init(struct buf *buf, size_t max);

/* Free what is held; the buffer is then as after buf_init(), same limit. */
void buf_release(struct buf *buf);

/* Forget the bytes, keep the memory for the next ones. */
void buf_clear(struct buf *buf);

/* Take all of `from` (bytes and limit); `from` is then empty, its limit kept. */
void buf_move(struct buf *to, struct buf *from);

/* The bytes as memory of their own, the caller's to free(); buf is then empty. */
char *buf_take(struct buf *buf, size_t *out_length);

/* All of these: 0, or -1 at the limit. */
int buf_add(struct buf *buf, const void *data, size_t length) MUST_USE;
int buf_add_text(struct buf *buf, const char *text) MUST_USE;
int buf_add_byte(struct buf *buf, char byte) MUST_USE;
int buf_add_rune(struct buf *buf, uint32_t rune) MUST_USE; /* as UTF-8 */
int buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3))) MUST_USE;

/* Room for `length` more bytes, which the caller writes at data + length and
 * then counts with buf_grown(). */
int buf_reserve(struct buf *buf, size_t length) MUST_USE;
void buf_grown(struct buf *buf, size_t length);

/* Drop `length` bytes at the front. */
void buf_consume(struct buf *buf, size_t length);

/* Drop all behind `length`. */
void buf_cut(struct buf *buf, size_t length);

/* Give back the memory that is held for more bytes: no more will come. */
void buf_trim(struct buf *buf);

/*
 * Nobody will read the bytes from `from` to `to` again, though those behind them
 * stay where they are: give back the whole pages among them.  The bytes are
 * anything then.
 */
void buf_forget(struct buf *buf, size_t from, size_t to);

#endif
