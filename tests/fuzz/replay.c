/*
 * Runs a fuzz target over files and directories of files, for ctest and for
 * compilers without libFuzzer.  Knows nothing of what the target asserts.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0) {
		perror(path);
		return -1;
	}
	rewind(file);
	data = mem_alloc((size_t)size);
	if (fread(data, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 1;
}

static int replay_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (dir == NULL) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		char *name;
		int n;

		if (entry->d_name[0] == '.')
			continue;
		name = mem_printf("%s/%s", path, entry->d_name);
		n = replay_file(name);
		free(name);
		if (n < 0)
			exit(1);
		count += n;
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int i, n, count = 0;
	struct stat st;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) < 0) {
			perror(argv[i]);
			return 1;
		}
		n = S_ISDIR(st.st_mode) ? replay_dir(argv[i]) : replay_file(argv[i]);
		if (n < 0)
			return 1;
		count += n;
	}
	printf("%d inputs replayed\n", count);
	return count > 0 ? 0 : 1;
}
