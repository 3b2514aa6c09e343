#include "daemon/control/outgoing.h"

#include <stdlib.h>

#include "common/mem.h"

struct outgoing *outgoing_take(
	struct outgoing **spare, struct session *session, struct buf *replies)
{
	struct outgoing *outgoing = *spare;
	struct buf room;

	if (outgoing != NULL) {
		*spare = outgoing->next;
	} else {
		outgoing = MEM_NEW(struct outgoing);
		buf_init(&outgoing->replies, replies->max);
	}
	outgoing->session = session;
	room = outgoing->replies;
	outgoing->replies = *replies;
	*replies = room;
	buf_clear(replies);
	return outgoing;
}

void outgoing_keep(struct outgoing **spare, struct outgoing *outgoing)
{
	/* One is written into while another is read. */
	if (*spare != NULL && (*spare)->next != NULL) {
		outgoing_free(outgoing);
		return;
	}
	outgoing->next = *spare;
	*spare = outgoing;
}

void outgoing_free(struct outgoing *outgoing)
{
	buf_release(&outgoing->replies);
	free(outgoing);
}

void outgoing_free_spare(struct outgoing **spare)
{
	struct outgoing *outgoing;

	while ((outgoing = *spare) != NULL) {
		*spare = outgoing->next;
		outgoing_free(outgoing);
	}
}

/* Of a short reply most is what carries it. */
static size_t weight(const struct outgoing *outgoing)
{
	return sizeof(*outgoing) + outgoing->replies.capacity;
}

void outgoing_load(struct outgoing_load *load, const struct outgoing *outgoing)
{
	load->bytes += weight(outgoing);
	*load->all += weight(outgoing);
}

void outgoing_unload(struct outgoing_load *load, const struct outgoing *outgoing)
{
	load->bytes -= weight(outgoing);
	*load->all -= weight(outgoing);
}

bool outgoing_has_room(const struct outgoing_load *load, size_t most)
{
	return load->bytes == 0 || *load->all < most;
}

bool outgoing_is_crowded(const struct outgoing_load *load, size_t most)
{
	return *load->all - load->bytes >= most / 8;
}

bool outgoing_is_light(const struct outgoing_load *load, size_t most)
{
	return *load->all < most / 2;
}
