#include "ctl/attachment.h"

#include <stdint.h>

/* Of no size and less, which means nothing, nothing. */
static int add_size(struct buf *out, double bytes)
{
	static const char *const units[] = { "kB", "MB", "GB" };
	size_t i = 0;

	if (bytes < 1)
		return 0;
	if (bytes < 1000)
		return buf_printf(out, "%.0f %s ", bytes, bytes < 2 ? "byte" : "bytes");
	/* What would be rounded up to 1000.0 is 1.0 of the next unit. */
	for (bytes /= 1e3; bytes >= 999.95 && i < 2; i++)
		bytes /= 1e3;
	return buf_printf(out, "%.1f %s ", bytes, units[i]);
}

static int add_duration(struct buf *out, int64_t s)
{
	if (s <= 0)
		return 0;
	if (s < 3600)
		return buf_printf(out, "%lld:%02lld ", (long long)(s / 60), (long long)(s % 60));
	return buf_printf(out, "%lld:%02lld:%02lld ", (long long)(s / 3600),
		(long long)(s / 60 % 60), (long long)(s % 60));
}

void attachment_words(const struct wire_row *attachment, struct buf *out)
{
	struct buf scratch;
	struct text type;

	buf_init(&scratch, out->max);
	type = value_text(wire_row_get(attachment, "mime_type"), &scratch);
	/* What does not fit is left out. */
	if ((type.length > 0 &&
		    (buf_add(out, type.at, type.length) < 0 || buf_add_byte(out, ' ') < 0)) ||
		add_size(out, value_double(wire_row_get(attachment, "size_in_bytes"))) < 0 ||
		add_duration(out, value_int(wire_row_get(attachment, "duration_in_seconds"))) < 0)
		buf_clear(&scratch);
	buf_release(&scratch);
}
