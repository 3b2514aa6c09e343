#include "daemon/store/newcomers.h"

#include "daemon/store/find.h"
#include "daemon/store/restore.h"
#include "daemon/store/rule.h"

int newcomers_settle(struct writer *writer, const char *feed_url, int64_t first, int64_t last,
	int64_t now_s, uint64_t *out_dropped, struct err *err)
{
	struct ids settled = { NULL, 0, 0 };
	int result = restore_waiting(writer, feed_url, first, last, &settled, err);

	if (result == 0)
		result = rule_judge(writer, first, last, &settled, now_s, out_dropped, err);
	ids_release(&settled);
	return result;
}
