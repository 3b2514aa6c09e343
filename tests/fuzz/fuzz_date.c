/*
 * Any bytes as a date or duration: none, or one that feeds can have, which is the
 * same one when it is written down and read again.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "common/time.h"
#include "daemon/feed/date.h"

#define FIRST_S 631152000 /* 1990 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(int64_t s)
{
	char text[TIME_TEXT_MAX];
	int64_t again;

	time_format_rfc3339(s, text);
	assert(strlen(text) == TIME_TEXT_LENGTH);
	assert(date_parse(text, strlen(text)) == s);
	assert(time_parse(text, &again) == 0 && again == s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	int64_t s = date_parse(text, size), duration_s = duration_parse(text, size);

	assert(s == DATE_NONE || (s >= FIRST_S && s < FIRST_S + INT64_C(100) * 366 * 86400));
	assert(s == date_parse(text, size));
	if (s != DATE_NONE)
		check_written(s);
	assert(duration_s >= -1 && duration_s <= 1000 * 3600);
	return 0;
}
