#include "daemon/control/metrics.h"

#include <inttypes.h>

/* All that is counted, wherever it comes from, under the names of the table. */
struct numbers {
	uint64_t polls, not_modified, failed, wire_bytes, new_items, in_flight, offline, captive,
		storage_hold, feeds, failing, due, items, unread, starred, store_bytes, index_lag,
		clients;
};

static void gather(const struct control_parts *parts, size_t clients,
	const struct store_numbers *stored, struct numbers *out)
{
	struct refresh_numbers running;

	refresh_numbers(parts->refresh, &running);
	*out = (struct numbers){
		.polls = running.polls,
		.not_modified = running.not_modified,
		.failed = running.failed,
		.wire_bytes = fetcher_numbers(parts->fetcher)->wire_bytes,
		.new_items = running.new_items,
		.in_flight = running.in_flight,
		.offline = running.offline,
		.captive = running.captive,
		.storage_hold = running.storage_hold,
		.feeds = stored->feeds,
		.failing = stored->failing,
		.due = stored->due,
		.items = stored->items,
		.unread = stored->unread,
		.starred = stored->starred,
		.store_bytes = stored->store_bytes,
		.index_lag = stored->index_lag,
		.clients = clients,
	};
}

static int put(struct buf *out, const char *name, const char *type, const char *suffix,
	const char *help, uint64_t value)
{
	return buf_printf(out, "# TYPE %s %s\n# HELP %s %s.\n%s%s %" PRIu64 "\n", name, type, name,
		help, name, suffix, value);
}

#define TYPE_OF_COUNTER "counter", "_total"
#define TYPE_OF_GAUGE "gauge", ""

void metrics_write(const struct control_parts *parts, size_t clients,
	const struct store_numbers *stored, struct buf *out)
{
	struct numbers numbers;
	int result = 0;

	gather(parts, clients, stored, &numbers);
#define METRIC(field, type, name, help)                                                            \
	result |= put(out, name, TYPE_OF_##type, help, numbers.field);
#include "daemon/metric.def"
#undef METRIC
	if (result < 0 || buf_add_text(out, "# EOF\n") < 0)
		return;
}
