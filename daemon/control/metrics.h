#ifndef CONTROL_METRICS_H
#define CONTROL_METRICS_H

#include <stddef.h>

#include "common/buf.h"
#include "daemon/control/control.h"

/* The numbers of metric.def as OpenMetrics text.  Where the buffer is full the
 * rest is missing. */
void metrics_write(const struct control_parts *parts, size_t clients,
	const struct store_numbers *numbers, struct buf *out);

#endif
