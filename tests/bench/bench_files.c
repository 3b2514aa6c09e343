/*
 * Write generated feeds as files: usage: bench_files DIR FEEDS REVISION
 *
 * A later revision changes every eleventh feed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/generate.h"

static void write_file(const char *path, const struct buf *body)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL || fwrite(body->data, 1, body->length, file) != body->length ||
		fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	unsigned long i, count, revision;
	struct buf body;
	char path[4096];

	if (argc != 4)
		return fputs("usage: bench_files DIR FEEDS REVISION\n", stderr), 64;
	count = strtoul(argv[2], NULL, 10);
	revision = strtoul(argv[3], NULL, 10);
	buf_init(&body, 64u << 20);
	for (i = 0; i < count; i++) {
		if (revision > 0 && i % 11 != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%06lu.xml", argv[1], i);
		buf_clear(&body);
		generate_feed(i, (unsigned)revision, &body);
		write_file(path, &body);
	}
	buf_release(&body);
	return 0;
}
