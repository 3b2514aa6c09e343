#ifndef FETCH_PINS_H
#define FETCH_PINS_H

#include <curl/curl.h>

#include "daemon/fetch/address.h"

/*
 * Which addresses a name has, told to libcurl, which then asks nobody
 * (CURLOPT_RESOLVE).  It keeps them in a cache that it walks for every name, so
 * whoever tells it some takes them away again.  Lists are for
 * curl_slist_free_all(); NULL is an empty one.
 */

/* The list with "+host:port:a,b" behind its last. */
struct curl_slist *pins_add(struct curl_slist *pins, const char *host, unsigned port,
	const struct address *addresses, size_t count);

/* What takes them away: "-host:port" of each. */
struct curl_slist *pins_undo(const struct curl_slist *pins);

/* Both in one list. */
struct curl_slist *pins_join(struct curl_slist *first, struct curl_slist *second);

#endif
