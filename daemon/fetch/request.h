#ifndef FETCH_REQUEST_H
#define FETCH_REQUEST_H

#include "daemon/fetch/fetch.h"

/*
 * Copies of what callers hand in: a request and the fetcher's options live
 * longer than the calls that bring them.
 */
struct request {
	struct fetch_request asked; /* all its strings are ours */
	char *origin;               /* of its URL; credentials stay there */
	char *host;                 /* likewise, for private_any */
	unsigned port;
};

/* A URL that can't be split has no origin, host and port. */
void request_copy(struct request *out_request, const struct fetch_request *from);
void request_release(struct request *request);

void options_copy(struct fetch_options *out_options, const struct fetch_options *from);
void options_release(struct fetch_options *options);

#endif
