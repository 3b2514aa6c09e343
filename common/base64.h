#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * Bytes as text and back (RFC 4648 §4, with padding, without line ends), for
 * documents and files that travel in JSON.
 */

/* Append.  -1 at the buffer's limit. */
int base64_encode(struct buf *out, const void *data, size_t length) MUST_USE;

/* Append.  ERR_SYNTAX for what is no base64 (then *out is as it was),
 * ERR_TOO_BIG at the buffer's limit. */
int base64_decode(struct buf *out, const char *text, size_t length, struct err *err) MUST_USE;

/* How many bytes at the start could be base64: letters, then padding. */
size_t base64_span(const char *text, size_t length);

#endif
