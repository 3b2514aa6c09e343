#include "ctl/browser.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/files.h"

extern char **environ;

/* The first of $BROWSER's programs (parted by colons) that there is. */
static char *chosen(void)
{
	const char *list = getenv("BROWSER");

	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ":");
		char *one = mem_strndup(list, n);
		char *program = mem_strndup(one, strcspn(one, " "));
		bool there = files_in_path(program);

		free(program);
		if (there)
			return one;
		free(one);
		list += n + (list[n] == ':');
	}
	return NULL;
}

/* What we ignore is no business of the program's. */
static int spawn(pid_t *out_pid, char **argv)
{
	posix_spawnattr_t attributes;
	sigset_t ours;
	int error = posix_spawnattr_init(&attributes);

	if (error != 0)
		return error;
	sigemptyset(&ours);
	sigaddset(&ours, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attributes, &ours);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(out_pid, argv[0], NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	return error;
}

static int run(char **argv, struct err *err)
{
	pid_t pid;
	int status, error = spawn(&pid, argv);

	if (error != 0)
		return err_set_errno(err, ERR_FAILED, error, "%s", argv[0]);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set_errno(err, ERR_FAILED, errno, "%s", argv[0]);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_FAILED, "%s failed", argv[0]);
	return 0;
}

static size_t put_links(char **argv, char *const *urls, size_t count)
{
	memcpy(argv, urls, count * sizeof(*argv));
	return count;
}

/* A program with its own words, and the links where they say %s, else behind them. */
static int run_with(const char *command, char *const *urls, size_t count, struct err *err)
{
	char *copy = mem_strdup(command), *rest = copy, *word;
	char **argv = MEM_ARRAY(strlen(command) + count + 2, char *);
	size_t argc = 0;
	bool placed = false;
	int result;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (strcmp(word, "%s") == 0 && !placed) {
			argc += put_links(argv + argc, urls, count);
			placed = true;
		} else if (word[0] != '\0' && strcmp(word, "%s") != 0) {
			argv[argc++] = word;
		}
	}
	if (!placed)
		argc += put_links(argv + argc, urls, count);
	argv[argc] = NULL;
	result = run(argv, err);
	free(argv);
	free(copy);
	return result;
}

/* Nothing is told of a link that the terminal or the pipe did not take. */
static int print(char *const *urls, size_t count, struct out *out, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		out_line(out, urls[i], strlen(urls[i]));
		out_end(out);
	}
	return out_flush(out, err);
}

int browser_open(
	char *const *urls, size_t count, struct out *out, size_t *out_opened, struct err *err)
{
	char *command = count > 0 ? chosen() : NULL;
	int result = 0;

	*out_opened = 0;
	if (command == NULL && files_in_path("xdg-open")) {
		while (*out_opened < count && result == 0) {
			result = run_with("xdg-open", urls + *out_opened, 1, err);
			*out_opened += result == 0;
		}
		return result;
	}
	result = command != NULL ? run_with(command, urls, count, err)
				 : print(urls, count, out, err);
	*out_opened = result == 0 ? count : 0;
	free(command);
	return result;
}
