#ifndef WORKER_FRAME_H
#define WORKER_FRAME_H

#include <stdint.h>

#include "daemon/feed/document.h"
#include "daemon/feed/feed.h"

/*
 * What goes through the pipes between feedd and its workers, in the machine's
 * own byte order: both ends are the same file.
 *
 *	hello:   struct frame_hello, once, when it has locked itself in and works
 *	request: struct frame_request | url | content type | content location | body
 *	answer:  struct frame_answer | block (feed/document.h), or the error's words
 *
 * Lengths are bytes; texts have no NUL in the pipe.
 */

#define FRAME_MAGIC 0x66776b72u /* "fwkr" */
#define FRAME_VERSION 3u
#define FRAME_TEXT_MAX 65536u /* the longest of the three texts */

struct frame_hello {
	uint32_t magic;
	uint32_t version;
	uint32_t filtered; /* by seccomp; 0 or 1 */
};

struct frame_request {
	uint32_t magic;
	uint32_t version;
	uint32_t kind; /* enum feed_kind */
	uint32_t cut;
	uint32_t url_length;
	uint32_t content_type_length;
	uint32_t content_location_length;
	uint32_t reserved;
	uint64_t body_length;
	struct feed_limits limits;
};

struct frame_answer {
	uint32_t magic;
	uint32_t version;
	uint32_t error; /* enum err_code; ERR_NONE: a block follows */
	uint32_t length;
};

/* How a worker ends that got no memory; mem.c's exit code. */
#define FRAME_EXIT_MEMORY 71

#endif
