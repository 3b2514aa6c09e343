#include "daemon/store/restore_name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

char *restore_name_make(const char *link, int64_t published_s, const char *title)
{
	return mem_printf("\\d%s\n%" PRId64 "\n%s", link, published_s, title);
}

bool restore_name_read(const char *name, struct restore_name *out)
{
	char *rest, *number, *end;

	if (strncmp(name, "\\d", 2) != 0)
		return false;
	rest = out->text = mem_strdup(name + 2);
	out->link = strsep(&rest, "\n");
	number = strsep(&rest, "\n");
	out->title = rest;
	if (rest != NULL) {
		errno = 0;
		out->published_s = strtoll(number, &end, 10);
		if (errno == 0 && end > number && *end == '\0')
			return true;
	}
	free(out->text);
	return false;
}

void restore_name_release(struct restore_name *name)
{
	free(name->text);
}
