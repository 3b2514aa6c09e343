#ifndef UNIT_FETCH_FIXTURE_H
#define UNIT_FETCH_FIXTURE_H

/*
 * A fetcher and a scripted httpd of its own, for one test program.  The parts
 * a program does not need are marked unused, because each includes all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/fetch/fetch.h"

#define MAYBE __attribute__((unused))
#define NOW_S INT64_C(1795000000)

extern char **environ;

struct world {
	char dir[64];
	pid_t httpd;
	unsigned port, other_port; /* of 127.0.0.1, twice */
	unsigned port_six;         /* of ::1 */
	bool wants_certificate;    /* of its clients, this very cert.pem, if it speaks TLS */
	uv_loop_t loop;
	struct fetcher *fetcher;
	struct fetch_options options;
	struct fetch_hold hold; /* the last that was told */
	unsigned holds;         /* since the last ask() began */
};

struct answer {
	bool done;
	unsigned times;
	bool failed;
	struct err err;
	enum fetch_miss missed;     /* of ask() */
	struct fetch_result result; /* its pointers are copies, below */
	char *url, *body, *etag, *last_modified, *content_type;
	size_t body_length;
	uint64_t at_ms;
	uv_loop_t *loop;
	struct fetch *fetch; /* of ask() */
};

static MAYBE char *world_path(struct world *world, const char *name)
{
	return mem_printf("%s/%s", world->dir, name);
}

static MAYBE void world_write(struct world *world, const char *name, const char *text)
{
	char *path = world_path(world, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

static MAYBE void world_script(struct world *world, const char *text)
{
	world_write(world, "script", text);
}

static MAYBE char *world_read(struct world *world, const char *name)
{
	char *path = world_path(world, name), *text = mem_alloc(1u << 22);
	FILE *file = fopen(path, "re");
	size_t length = 0;

	if (file != NULL) {
		length = fread(text, 1, (1u << 22) - 1, file);
		fclose(file);
	}
	text[length] = '\0';
	free(path);
	return text;
}

/* Lines of the log that hold the words. */
static MAYBE unsigned log_count(struct world *world, const char *words)
{
	char *log = world_read(world, "log"), *rest = log, *line;
	unsigned count = 0;

	while ((line = strsep(&rest, "\n")) != NULL)
		count += line[0] != '\0' && strstr(line, words) != NULL;
	free(log);
	return count;
}

static MAYBE void log_clear(struct world *world)
{
	char *path = world_path(world, "log");

	assert_int_equal(truncate(path, 0), 0);
	free(path);
}

static MAYBE void wait_for_ports(struct world *world)
{
	unsigned tries;
	char *text;

	for (tries = 0; tries < 1000; tries++) {
		text = world_read(world, "ports");
		if (sscanf(text, "%u\n%u\n%u", &world->port, &world->other_port,
			    &world->port_six) == 3) {
			free(text);
			return;
		}
		free(text);
		usleep(10000);
	}
	fail_msg("httpd does not start");
}

static MAYBE void httpd_start(struct world *world, bool tls)
{
	char *ports = world_path(world, "ports"), *log = world_path(world, "log");
	char *script = world_path(world, "script"), *root = world_path(world, "");
	char *cert = world_path(world, "cert.pem"), *key = world_path(world, "key.pem");
	const char *argv[] = { BUILD_DIR "/httpd", "--listen", "127.0.0.1:0", "--listen",
		"127.0.0.1:0", "--listen", "[::1]:0", "--port-file", ports, "--log", log,
		"--events", "--root", root, script, NULL, NULL, NULL, NULL, NULL, NULL };

	if (tls) {
		argv[14] = "--tls";
		argv[15] = cert;
		argv[16] = key;
		argv[17] = world->wants_certificate ? "--client-ca" : script;
		argv[18] = world->wants_certificate ? cert : NULL;
		argv[19] = world->wants_certificate ? script : NULL;
	}
	assert_int_equal(posix_spawn(&world->httpd, argv[0], NULL, NULL,
				 (char *const *)(uintptr_t)argv, environ),
		0);
	wait_for_ports(world);
	free(ports);
	free(log);
	free(script);
	free(root);
	free(cert);
	free(key);
}

static MAYBE struct world *world_new(void)
{
	struct world *world = MEM_NEW(struct world);

	signal(SIGPIPE, SIG_IGN);
	strcpy(world->dir, "/tmp/feedd-fetch-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	world_write(world, "log", "");
	world_script(world, "");
	assert_int_equal(uv_loop_init(&world->loop), 0);
	return world;
}

static MAYBE void world_allow(struct world *world)
{
	static struct fetch_allow allow[2];
	struct err err;

	assert_int_equal(fetch_allow_parse("127.0.0.0/8", &allow[0], &err), 0);
	assert_int_equal(fetch_allow_parse("[::1]/128", &allow[1], &err), 0);
	world->options.allow = allow;
	world->options.allow_count = 2;
}

static MAYBE void on_hold(void *ctx, const struct fetch_hold *hold)
{
	struct world *world = ctx;

	world->hold = *hold;
	world->holds++;
}

static MAYBE void world_fetcher(struct world *world)
{
	struct fetch_options options = {
		.in_flight = 64,
		.resolvers = 4,
		.connect_timeout_ms = 5000,
		.timeout_ms = 10000,
		.body_max = 1u << 20,
		.bodies_max = 1u << 20,
		.header_max = 65536,
		.redirects_max = 5,
		.gap_ms = 0, /* of the sites that are not exempt */
		.user_agent = "feedd/test (+https://feedd.invalid/fetcher)",
		.retry_after_max_s = 2592000,
	};
	struct err err;

	world->options = options;
	world_allow(world);
	assert_int_equal(fetcher_new(&world->loop, &world->options, &world->fetcher, &err), 0);
	fetcher_on_hold(world->fetcher, on_hold, world);
}

/* Private addresses have a gap only where somebody asks for one. */
static MAYBE void mind_private(struct world *world, int64_t gap_ms)
{
	world->options.manners_private = true;
	world->options.gap_ms = gap_ms;
	fetcher_reconfigure(world->fetcher, &world->options);
}

static MAYBE void on_fetcher_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static MAYBE void world_free(struct world *world)
{
	bool closed = false;
	char *command;

	if (world->fetcher != NULL) {
		fetcher_close(world->fetcher, on_fetcher_closed, &closed);
		uv_run(&world->loop, UV_RUN_DEFAULT);
		assert_true(closed);
	}
	assert_int_equal(uv_loop_close(&world->loop), 0);
	if (world->httpd > 0) {
		kill(world->httpd, SIGTERM);
		waitpid(world->httpd, NULL, 0);
	}
	command = mem_printf("rm -rf %s", world->dir);
	assert_int_equal(system(command), 0);
	free(command);
	free(world);
}

static MAYBE int world_setup(void **state)
{
	struct world *world = world_new();

	httpd_start(world, false);
	world_fetcher(world);
	*state = world;
	return 0;
}

static MAYBE int world_teardown(void **state)
{
	world_free(*state);
	return 0;
}

static MAYBE void on_answer(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct answer *answer = ctx;

	assert_true((result == NULL) != (err == NULL));
	answer->done = true;
	answer->times++;
	answer->at_ms = answer->loop != NULL ? uv_now(answer->loop) : 0;
	if (err != NULL) {
		answer->failed = true;
		answer->err = *err;
		if (answer->fetch != NULL)
			answer->missed = fetch_missed(answer->fetch);
		return;
	}
	answer->result = *result;
	answer->url = mem_strdup(result->url);
	answer->body = mem_strndup(result->body->data, result->body->length);
	answer->body_length = result->body->length;
	answer->etag = mem_strndup(result->etag, result->etag_length);
	answer->last_modified = mem_strndup(result->last_modified, result->last_modified_length);
	answer->content_type = mem_strdup(result->content_type);
}

static MAYBE void answer_release(struct answer *answer)
{
	free(answer->url);
	free(answer->body);
	free(answer->etag);
	free(answer->last_modified);
	free(answer->content_type);
	memset(answer, 0, sizeof(*answer));
}

static MAYBE char *url_of(struct world *world, const char *path)
{
	return mem_printf("http://127.0.0.1:%u%s", world->port, path);
}

static MAYBE void run_until_done(struct world *world, struct answer *answer)
{
	while (!answer->done && uv_run(&world->loop, UV_RUN_ONCE) != 0)
		;
	assert_true(answer->done);
	assert_int_equal(answer->times, 1);
}

static MAYBE struct answer ask(struct world *world, struct fetch_request request)
{
	struct answer answer = { .loop = &world->loop };

	if (request.now_s == 0)
		request.now_s = NOW_S;
	world->holds = 0;
	uv_update_time(&world->loop);
	answer.fetch = fetch_start(world->fetcher, &request, on_answer, &answer);
	assert_false(answer.done);
	run_until_done(world, &answer);
	return answer;
}

static MAYBE struct answer get(struct world *world, const char *path)
{
	char *url = url_of(world, path);
	struct answer answer = ask(world, (struct fetch_request){ .url = url });

	free(url);
	return answer;
}

static MAYBE void assert_fails(struct world *world, const char *path, enum err_code code)
{
	struct answer answer = get(world, path);

	if (!answer.failed)
		fail_msg("%s: %u, not %s", path, answer.result.status, err_word(code));
	if (answer.err.code != code)
		fail_msg("%s: %s (%s), not %s", path, err_word(answer.err.code), answer.err.text,
			err_word(code));
	answer_release(&answer);
}

#endif
