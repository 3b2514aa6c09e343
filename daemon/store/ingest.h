#ifndef STORE_INGEST_H
#define STORE_INGEST_H

#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/store/writer.h"

/*
 * A document into its feed: items, validators, schedule and log in the running
 * transaction.  What `ingest` holds stays the caller's; bundles: its articles,
 * or NULL.
 */
struct bundles;
int ingest_document(struct writer *writer, struct store_ingest *ingest, struct bundles *bundles,
	struct store_delta *out_delta, struct err *err) MUST_USE;

#endif
