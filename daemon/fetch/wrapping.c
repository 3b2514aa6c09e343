#include "daemon/fetch/wrapping.h"

#define STEPS_MAX 64    /* that bring nothing, of one turn on the loop */
#define STEP_BYTES 1024 /* what each further one has to bring */

#define LOOK_STEPS 4u /* after how many the connection's own count is asked for */
#define RAW_MAX (INT64_C(1) << 20)
#define RAW_TIMES 8 /* a chunk for each byte is bad manners, but six bytes and no more */

void wrapping_begin(struct wrapping *wrapping)
{
	*wrapping = (struct wrapping){ .raw_from = -1 };
}

/* Within one turn on the loop. */
static bool in_turn(const struct wrapping *wrapping, int64_t body_bytes)
{
	return wrapping->turn_steps > STEPS_MAX + (body_bytes - wrapping->turn_bytes) / STEP_BYTES;
}

/* From the first look on: what the connection brought, and what was in it. */
static bool in_all(struct wrapping *wrapping, int64_t raw, int64_t body_bytes)
{
	if (raw < 0)
		return false;
	if (wrapping->raw_from < 0) {
		wrapping->raw_from = raw;
		wrapping->body_from = body_bytes;
	}
	return raw - wrapping->raw_from > RAW_MAX + (body_bytes - wrapping->body_from) * RAW_TIMES;
}

/* Streams of HTTP/2 share a connection, whose count is not that of one of them. */
static bool has_connection(CURL *easy)
{
	long version = CURL_HTTP_VERSION_NONE;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	return version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1;
}

bool wrapping_prevails(
	struct wrapping *wrapping, const struct multi *multi, CURL *easy, int64_t body_bytes)
{
	uint64_t turn = multi_turn(multi);

	if (turn != wrapping->turn) {
		wrapping->turn = turn;
		wrapping->turn_bytes = body_bytes;
		wrapping->turn_steps = 0;
	}
	wrapping->turn_steps++;
	if (in_turn(wrapping, body_bytes))
		return true;
	return ++wrapping->steps % LOOK_STEPS == 0 && has_connection(easy) &&
	       in_all(wrapping, multi_received(multi, easy), body_bytes);
}
