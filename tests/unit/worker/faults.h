#ifndef TESTS_UNIT_WORKER_FAULTS_H
#define TESTS_UNIT_WORKER_FAULTS_H

/*
 * How a worker of the tests misbehaves, by the word in FAULT; and where one leaves
 * word for those who come after it.
 */

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/worker/frame.h"
#include "daemon/worker/worker.h"

static void late_path(char out_path[64], pid_t pool)
{
	snprintf(out_path, 64, "/tmp/feedd-test-late.%d", (int)pool);
}

static void put(const void *bytes, size_t length)
{
	if (write(STDOUT_FILENO, bytes, length) < 0)
		_exit(2);
}

static void misbehave(const char *fault)
{
	static char block[4096] = "\xff\n"; /* no document, nor words */
	struct frame_hello hello = { .magic = FRAME_MAGIC, .version = FRAME_VERSION };
	struct frame_answer head = { FRAME_MAGIC, FRAME_VERSION, ERR_NONE, sizeof(block) };
	struct pollfd asked = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;

	hello.filtered = 1;
	put(&hello, sizeof(hello));
	if (strcmp(fault, "unasked") == 0)
		put(&head, sizeof(head));
	if (strcmp(fault, "shy") == 0 && poll(&asked, 1, -1) > 0 && (asked.revents & POLLIN) != 0)
		raise(SIGKILL);
	if (strcmp(fault, "stopped") == 0 && poll(&asked, 1, -1) > 0)
		raise(SIGSTOP);
	if (read(STDIN_FILENO, &byte, 1) < 1)
		_exit(0);
	if (strcmp(fault, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(fault, "spin") == 0)
		raise(SIGPROF);
	if (strcmp(fault, "memory") == 0)
		_exit(FRAME_EXIT_MEMORY);
	if (strcmp(fault, "filter") == 0)
		raise(SIGSYS);
	if (strcmp(fault, "exit") == 0)
		_exit(3);
	if (strcmp(fault, "nonsense") == 0)
		put(block, sizeof(block));
	if (strcmp(fault, "name") == 0)
		snprintf(block, sizeof(block), "%ld", (long)getpid());
	if (strcmp(fault, "toolong") == 0)
		head.length = UINT32_MAX;
	if (strcmp(fault, "early") == 0 || strcmp(fault, "words") == 0 ||
		strcmp(fault, "name") == 0)
		head.error = ERR_SYNTAX;
	put(&head, sizeof(head));
	put(block, sizeof(block));
	while (read(STDIN_FILENO, block, sizeof(block)) > 0)
		continue;
	_exit(0);
}

/* The first worker of a pool crashes, the next one serves: a file that the
 * first leaves behind tells them apart. */
static void crash_once(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/feedd-test-crash.%d", (int)getppid());
	if (access(path, F_OK) == 0) {
		unlink(path);
		return;
	}
	fclose(fopen(path, "w"));
	if (read(STDIN_FILENO, path, 1) < 1)
		_exit(2);
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

/* The first worker of a pool answers and goes on, the next one serves. */
static void be_late_once(void)
{
	struct frame_hello hello = { .magic = FRAME_MAGIC, .version = FRAME_VERSION };
	struct frame_answer head = { FRAME_MAGIC, FRAME_VERSION, ERR_SYNTAX, 4 };
	char path[64], byte;

	late_path(path, getppid());
	if (access(path, F_OK) == 0)
		return;
	hello.filtered = 1;
	put(&hello, sizeof(hello));
	if (read(STDIN_FILENO, &byte, 1) < 1)
		_exit(0);
	put(&head, sizeof(head));
	put("late", head.length);
	fclose(fopen(path, "w"));
	for (;;)
		pause();
}

/* What runs as `--worker`. */
static int worker_with_faults(bool filter)
{
	const char *fault = getenv("FAULT");

	if (fault != NULL && strcmp(fault, "crash") == 0)
		crash_once();
	else if (fault != NULL && strcmp(fault, "late") == 0)
		be_late_once();
	else if (fault != NULL && strcmp(fault, "old") == 0)
		raise(filter ? SIGSYS : 0);
	else if (fault != NULL && strcmp(fault, "none") != 0)
		misbehave(fault);
	return worker_main(filter);
}

#endif
