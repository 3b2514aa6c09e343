#include "daemon/fetch/wrapping.h"

#include "daemon/fetch/kernel.h"

#define STEPS_MAX 64    /* that bring nothing, of one turn on the loop */
#define STEP_BYTES 1024 /* what each further one has to bring */

/* After how many the connection's own count is asked for anyway; before a body may
 * come, where the head has a limit of its own, and most answers end. */
#define LOOK_STEPS 4u
#define LOOK_STEPS_EARLY 16u
#define RAW_MAX (INT64_C(1) << 20)

/* Of a proxy's answer libcurl reads a byte a step: it takes 16 KB for one line of its
 * head, and of a 407 it reads the page, too. */
#define TUNNEL_STEPS_MAX (32u << 10)
#define RAW_TIMES 8 /* a chunk for each byte is bad manners, but six bytes and no more */

void wrapping_begin(struct wrapping *wrapping, bool tunnel)
{
	*wrapping = (struct wrapping){ .raw_from = -1, .raw_last = -1, .fd = -1, .tunnel = tunnel };
}

static void tell_used(struct wrapping *wrapping, struct multi *multi, int64_t body_bytes)
{
	multi_socket_use(multi, wrapping->fd, body_bytes - wrapping->body_bytes, wrapping->framed);
	wrapping->body_bytes = body_bytes;
}

void wrapping_end(struct wrapping *wrapping, struct multi *multi, CURL *easy, int64_t bytes)
{
	long version = CURL_HTTP_VERSION_NONE;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	wrapping->framed = version >= CURL_HTTP_VERSION_2_0;
	tell_used(wrapping, multi, bytes);
}

/* What the connection brought since the last look that no answer could use. */
static int64_t look(struct wrapping *wrapping, struct multi *multi, int64_t body_bytes)
{
	int64_t raw, used, fresh;

	if (wrapping->raw_from < 0)
		return 0;
	tell_used(wrapping, multi, body_bytes);
	raw = kernel_received_bytes(wrapping->fd);
	used = multi_socket_used(multi, wrapping->fd).bytes;
	if (raw < wrapping->raw_last)
		return 0;
	fresh = raw - wrapping->raw_last - (used - wrapping->used_last);
	wrapping->raw_last = raw;
	wrapping->used_last = used;
	return fresh;
}

static bool has_prevailed(const struct wrapping *wrapping)
{
	return wrapping->raw_last - wrapping->raw_from >
	       RAW_MAX + (wrapping->used_last - wrapping->used_from) * RAW_TIMES;
}

void wrapping_expect(struct wrapping *wrapping)
{
	wrapping->expected = true;
}

/* Since this turn on the loop began: steps that brought nothing, beyond so many. */
static bool is_idle(const struct wrapping *wrapping, int64_t body_bytes, unsigned steps)
{
	return wrapping->turn_steps > steps + (body_bytes - wrapping->turn_bytes) / STEP_BYTES;
}

bool wrapping_prevails(
	struct wrapping *wrapping, struct multi *multi, int64_t body_bytes, size_t *out_bytes)
{
	unsigned apart = wrapping->expected ? LOOK_STEPS : LOOK_STEPS_EARLY;
	uint64_t turn = multi_turn(multi);
	int64_t fresh = 0;

	*out_bytes = 0;
	if (wrapping->tunnel)
		return ++wrapping->steps > TUNNEL_STEPS_MAX;
	if (turn != wrapping->turn) {
		wrapping->turn = turn;
		wrapping->turn_bytes = body_bytes;
		wrapping->turn_steps = 0;
	}
	wrapping->turn_steps++;
	/* One step may be a hundred reads: one that brings nothing is looked at at once. */
	if (++wrapping->steps % apart == 0 ||
		(wrapping->expected && is_idle(wrapping, body_bytes, 0)))
		fresh = look(wrapping, multi, body_bytes);
	*out_bytes = fresh > 0 ? (size_t)fresh : 0;
	return is_idle(wrapping, body_bytes, STEPS_MAX) || has_prevailed(wrapping);
}

void wrapping_ask(struct wrapping *wrapping, struct multi *multi, unsigned port)
{
	wrapping->tunnel = false;
	wrapping->steps = 0;
	wrapping->fd = multi_socket_from(multi, port);
	if (wrapping->fd >= 0)
		wrapping->raw_from = wrapping->raw_last = kernel_received_bytes(wrapping->fd);
	wrapping->used_from = wrapping->used_last = multi_socket_used(multi, wrapping->fd).bytes;
}

bool wrapping_has_surplus(const struct wrapping *wrapping, CURL *easy, int64_t body_bytes)
{
	long head = 0;

	curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head);
	/* The kernel counts the end of the connection as a byte. */
	return wrapping->raw_from >= 0 &&
	       kernel_received_bytes(wrapping->fd) - wrapping->raw_from > head + body_bytes + 1;
}
