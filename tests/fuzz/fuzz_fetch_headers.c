/*
 * A head as a server might send it, line by line and in pieces of any size:
 * nothing is read beyond its end, the limits hold, and what comes out is in
 * range.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD_MAX_TESTED 4096u
#define NOW_S INT64_C(1795000000)

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_values(const struct head *head)
{
	struct fetch_cache cache = header_lifetime(&head->freshness, NOW_S);
	int64_t wait;
	int field;

	check(cache.said ? cache.lifetime_s >= 0 : cache.lifetime_s == -1);
	check(cache.lifetime_s <= HEADER_SECONDS_MAX);
	for (field = 0; field < HEAD_FIELDS; field++) {
		const char *text = head_text(head, (enum head_field)field);

		check(!head->has[field] || text[head->length[field]] == '\0');
	}
	check(!head->has[HEAD_ETAG] ||
		header_is_validator(head_text(head, HEAD_ETAG), head->length[HEAD_ETAG]));
	wait = header_retry_after(head_text(head, HEAD_RETRY_AFTER),
		head->has[HEAD_RETRY_AFTER] ? head->length[HEAD_RETRY_AFTER] : 0, &head->freshness,
		NOW_S);
	check(wait >= -1 && wait <= HEADER_SECONDS_MAX);
	wait = header_reset(head_text(head, HEAD_RESET),
		head->has[HEAD_RESET] ? head->length[HEAD_RESET] : 0, NOW_S);
	check(wait >= -1 && wait <= HEADER_SECONDS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *next;
	struct head head;
	struct err err;
	char *line;
	size_t length;

	head_init(&head, HEAD_MAX_TESTED);
	for (; at < end; at = next) {
		next = memchr(at, '\n', (size_t)(end - at));
		next = next != NULL ? next + 1 : end;
		length = (size_t)(next - at);
		line = malloc(length); /* of its own, so that one byte too far shows */
		if (line == NULL)
			abort();
		memcpy(line, at, length);
		if (head_line(&head, line, length, &err) < 0) {
			check(err.code == ERR_TOO_BIG);
			free(line);
			break;
		}
		free(line);
		check(head.total <= HEAD_MAX_TESTED);
		check_values(&head);
	}
	head_release(&head);
	return 0;
}
