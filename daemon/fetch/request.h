#ifndef FETCH_REQUEST_H
#define FETCH_REQUEST_H

#include "common/arena.h"
#include "daemon/fetch/fetch.h"
#include "daemon/url.h"

/*
 * Copies of what callers hand in: a request and the fetcher's options live
 * longer than the calls that bring them.
 */
struct request {
	struct arena memory;
	struct fetch_request asked; /* all its strings are in there */
	struct url_parts home;      /* its URL; credentials stay with that origin */
};

/* A URL that can't be split has a home without host. */
void request_copy(struct request *out_request, const struct fetch_request *from);
void request_release(struct request *request);

void options_copy(struct fetch_options *out_options, const struct fetch_options *from);
void options_release(struct fetch_options *options);

#endif
