#ifndef FETCH_SLIST_H
#define FETCH_SLIST_H

#include <curl/curl.h>

#include "common/mem.h"

/* libcurl's list, with a copy of the text behind its last; NULL is an empty one.
 * Where libcurl has no memory, mem.c ends the process: a list that lacks a line
 * would be another request. */
static inline struct curl_slist *slist_add(struct curl_slist *list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(list, text);

	if (longer == NULL)
		mem_is_gone();
	return longer;
}

#endif
