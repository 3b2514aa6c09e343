#include "ctl/cursor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/files.h"

int cursor_read(const char *path, char out[CURSOR_MAX], struct err *err)
{
	char *text;
	size_t length, n;

	if (access(path, F_OK) != 0)
		return 0;
	if (files_read(path, 1 << 16, &text, &length, err) < 0)
		return -1;
	n = strcspn(text, " \t\r\n");
	if (n == 0 || text[0] != 'c' || n >= CURSOR_MAX) {
		bool empty = strspn(text, " \t\r\n") == length;

		free(text);
		return empty ? 0 : err_set(err, ERR_FAILED, "%s holds no cursor", path);
	}
	memcpy(out, text, n);
	out[n] = '\0';
	free(text);
	return 1;
}

int cursor_write(const char *path, const char *cursor, struct err *err)
{
	char *line = mem_printf("%s\n", cursor);
	int result = files_replace(path, line, strlen(line), err);

	free(line);
	return result;
}
