#ifndef CONTROL_LINKS_H
#define CONTROL_LINKS_H

#include "common/err.h"
#include "common/json.h"
#include "daemon/feed/document.h"

/* The feeds that a page names, and what was refused, as objects. */

/* Objects "discovered" of a page's links; a feed is the one at `url`. */
void links_put(struct json_writer *w, const struct feed_doc *page, const char *url);
/* The same as an array of its own, the caller's to free(). */
char *links_json(const struct feed_doc *page);

/* An object "refused"; links: of links_json(), or NULL. */
void links_put_refusal(
	struct json_writer *w, const char *url, const struct err *err, const char *links);

#endif
