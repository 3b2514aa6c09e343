/* Names: asked on threads of their own, pinned, judged; dead ones stop nobody. */
#include "tests/unit/fetch/fixture.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>

#include "daemon/fetch/resolve.h"

/*
 * The system's resolver, as far as this program goes: the definition here is
 * the one that is linked.
 *
 *	stuck….test    answers after a minute
 *	alternate.test is public the first time, private the next
 *	mixed.test     a public address where nobody is, and 127.0.0.1
 *	dead-six.test  [::1] and 127.0.0.1
 *	refusing.test  five of 127.0.1.0/24, and 127.0.0.1
 *	nobody….test   does not exist
 *	else           127.0.0.1
 */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned asked;

static struct addrinfo *entry(const char *text, struct addrinfo *next)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in *four = calloc(1, sizeof(*four));
	struct sockaddr_in6 *six = calloc(1, sizeof(*six));

	if (strchr(text, ':') != NULL) {
		six->sin6_family = AF_INET6;
		inet_pton(AF_INET6, text, &six->sin6_addr);
		info->ai_addr = (struct sockaddr *)six;
		free(four);
	} else {
		four->sin_family = AF_INET;
		inet_pton(AF_INET, text, &four->sin_addr);
		info->ai_addr = (struct sockaddr *)four;
		free(six);
	}
	info->ai_family = info->ai_addr->sa_family;
	info->ai_next = next;
	return info;
}

static struct addrinfo *refusing(void)
{
	struct addrinfo *list = entry("127.0.0.1", NULL);
	char text[16];

	for (int i = 5; i > 0; i--) {
		snprintf(text, sizeof(text), "127.0.1.%d", i);
		list = entry(text, list);
	}
	return list;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
	struct addrinfo **result)
{
	unsigned times;

	(void)service;
	(void)hints;
	pthread_mutex_lock(&mutex);
	times = ++asked;
	pthread_mutex_unlock(&mutex);
	if (strncmp(node, "stuck", 5) == 0)
		sleep(60);
	if (strncmp(node, "nobody", 6) == 0)
		return EAI_NONAME;
	if (strcmp(node, "alternate.test") == 0)
		*result = entry(times % 2 == 1 ? "127.0.0.2" : "127.0.0.1", NULL);
	else if (strcmp(node, "mixed.test") == 0)
		*result = entry("10.1.2.3", entry("127.0.0.1", NULL));
	else if (strcmp(node, "dead-six.test") == 0)
		*result = entry("::1", entry("127.0.0.1", NULL));
	else if (strcmp(node, "refusing.test") == 0)
		*result = refusing();
	else
		*result = entry("127.0.0.1", NULL);
	return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
	struct addrinfo *next;

	for (; info != NULL; info = next) {
		next = info->ai_next;
		free(info->ai_addr);
		free(info);
	}
}

/* Likewise: while there are to be none, a thread wants more of a stack than there is. */
static bool no_threads;

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
	int (*set)(pthread_attr_t *, size_t);

	*(void **)&set = dlsym(RTLD_NEXT, "pthread_attr_setstacksize");
	return set(attributes, no_threads ? (size_t)1 << 47 : size);
}

static int setup(void **state)
{
	asked = 0;
	no_threads = false;
	return world_setup(state);
}

struct lookup_answer {
	bool done;
	size_t count;
	enum err_code code;
};

static void on_lookup(
	void *ctx, const struct address *addresses, size_t count, const struct err *err)
{
	struct lookup_answer *answer = ctx;

	(void)addresses;
	assert_false(answer->done);
	answer->done = true;
	answer->count = count;
	answer->code = err != NULL ? err->code : ERR_NONE;
}

static void a_stuck_name_is_given_up_and_stops_nobody(void **state)
{
	struct world *world = *state;
	struct resolver *resolver = resolver_new(&world->loop, 3, 300);
	struct lookup_answer stuck[2] = { 0 }, good[10] = { 0 }, never = { 0 };
	bool closed = false;
	struct lookup *cancelled;
	size_t i;

	uv_update_time(&world->loop);
	resolve_start(resolver, "stuck1.test", RESOLVE_FOUND, on_lookup, &stuck[0]);
	resolve_start(resolver, "stuck2.test", RESOLVE_FOUND, on_lookup, &stuck[1]);
	cancelled = resolve_start(resolver, "good.test", RESOLVE_FOUND, on_lookup, &never);
	for (i = 0; i < 10; i++)
		resolve_start(resolver, "good.test", RESOLVE_FOUND, on_lookup, &good[i]);
	resolve_cancel(cancelled);
	while (!stuck[0].done || !stuck[1].done)
		uv_run(&world->loop, UV_RUN_ONCE);
	for (i = 0; i < 10; i++) {
		assert_true(good[i].done);
		assert_int_equal(good[i].count, 1);
	}
	assert_int_equal(stuck[0].code, ERR_DNS);
	assert_int_equal(stuck[1].code, ERR_DNS);
	assert_false(never.done);
	/* Two of three threads are lost for now; the third goes on alone. */
	good[0].done = false;
	resolve_start(resolver, "good.test", RESOLVE_FOUND, on_lookup, &good[0]);
	while (!good[0].done)
		uv_run(&world->loop, UV_RUN_ONCE);
	assert_int_equal(good[0].code, ERR_NONE);
	resolver_close(resolver, on_fetcher_closed, &closed);
	while (!closed)
		uv_run(&world->loop, UV_RUN_ONCE);
}

static unsigned asked_so_far(void)
{
	unsigned times;

	pthread_mutex_lock(&mutex);
	times = asked;
	pthread_mutex_unlock(&mutex);
	return times;
}

static void however_many_names_are_dead_a_living_one_is_found(void **state)
{
	struct world *world = *state;
	struct resolver *resolver = resolver_new(&world->loop, 16, 60000);
	struct lookup_answer dead = { 0 }, good[2] = { 0 };
	bool closed = false;
	char host[32];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(host, sizeof(host), "stuck%d.test", i);
		resolve_start(
			resolver, host, i % 2 ? RESOLVE_NEW : RESOLVE_SILENT, on_lookup, &dead);
	}
	assert_int_equal(resolver_doubtful(resolver), 100);
	while (asked_so_far() < 12)
		usleep(1000);
	resolve_start(resolver, "asked.test", RESOLVE_ASKED, on_lookup, &good[0]);
	resolve_start(resolver, "good.test", RESOLVE_FOUND, on_lookup, &good[1]);
	while (!good[0].done || !good[1].done)
		uv_run(&world->loop, UV_RUN_ONCE);
	assert_int_equal(good[0].code, ERR_NONE);
	assert_int_equal(good[1].code, ERR_NONE);
	assert_false(dead.done);
	assert_int_equal(asked_so_far(), 12 + 2);
	resolver_close(resolver, on_fetcher_closed, &closed);
	while (!closed)
		uv_run(&world->loop, UV_RUN_ONCE);
}

static void without_a_thread_nobody_waits_for_ever(void **state)
{
	struct world *world = *state;
	struct resolver *resolver = resolver_new(&world->loop, 3, 50);
	struct lookup_answer alone = { 0 }, late = { 0 };
	bool closed = false;

	no_threads = true;
	uv_update_time(&world->loop);
	resolve_start(resolver, "good.test", RESOLVE_NEW, on_lookup, &alone);
	for (int i = 0; i < 3 && !alone.done; i++)
		uv_run(&world->loop, UV_RUN_ONCE);
	assert_int_equal(alone.code, ERR_BUSY);
	/* It is looked for again before somebody is sent away. */
	resolve_start(resolver, "good.test", RESOLVE_NEW, on_lookup, &late);
	no_threads = false;
	while (!late.done)
		uv_run(&world->loop, UV_RUN_ONCE);
	assert_int_equal(late.code, ERR_NONE);
	resolver_close(resolver, on_fetcher_closed, &closed);
	while (!closed)
		uv_run(&world->loop, UV_RUN_ONCE);
}

static struct answer get_name(struct world *world, const char *name, unsigned port)
{
	char *url = mem_printf("http://%s:%u/x", name, port);
	struct answer answer = ask(world, (struct fetch_request){ .url = url });

	free(url);
	return answer;
}

static void a_name_that_is_nobody_s_is_an_error_of_dns(void **state)
{
	struct answer answer = get_name(*state, "nobody.test", 80);

	assert_int_equal(answer.err.code, ERR_DNS);
	assert_non_null(strstr(answer.err.text, "nobody.test"));
	answer_release(&answer);
}

static void the_address_that_was_judged_is_the_one_that_is_connected(void **state)
{
	struct world *world = *state;
	static struct fetch_allow rule;
	struct answer answer;
	struct err err;
	int i;

	assert_int_equal(fetch_allow_parse("127.0.0.2/32", &rule, &err), 0);
	world->options.allow = &rule;
	world->options.allow_count = 1;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 4; i++) {
		answer = get_name(world, "alternate.test", world->port);
		/* 127.0.0.2 is allowed and nobody listens there; 127.0.0.1 is not. */
		assert_true(answer.failed);
		assert_int_equal(answer.err.code, i % 2 == 0 ? ERR_CONNECT : ERR_BLOCKED);
		answer_release(&answer);
	}
	assert_int_equal(log_count(world, "connect"), 0);
}

static void of_several_addresses_only_the_permitted_are_tried(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = get_name(world, "mixed.test", world->port);
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.result.address, "127.0.0.1");
	answer_release(&answer);
}

static void a_dead_family_costs_less_than_a_second(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = get_name(world, "dead-six.test", world->port);
	assert_int_equal(answer.result.status, 200);
	assert_true(answer.result.elapsed_ms < 1000);
	assert_int_equal(log_count(world, "\"method\""), 1);
	answer_release(&answer);
}

static void addresses_that_refuse_are_passed_over_at_once(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = get_name(world, "refusing.test", world->port);
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.result.address, "127.0.0.1");
	assert_true(answer.result.elapsed_ms < 1000);
	assert_int_equal(log_count(world, "\"method\""), 1);
	answer_release(&answer);
}

static void names_are_asked_once_a_hop(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = get_name(world, "good.test", world->port);
	assert_int_equal(asked, 1);
	assert_int_equal(log_count(world, "\"host\":\"good.test:"), 1);
	answer_release(&answer);
}

static void a_proxy_resolves_for_itself(void **state)
{
	struct world *world = *state;
	char *proxy = mem_printf("socks5h://127.0.0.1:%u", world->port);
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = ask(
		world, (struct fetch_request){ .url = "http://nobody.test/x", .proxy = proxy });
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(asked, 0);
	assert_int_equal(log_count(world, "\"socks\":{\"version\":5,\"host\":\"nobody.test\""), 1);
	answer_release(&answer);
	free(proxy);
}

static void closing_waits_for_no_name(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };
	struct fetch_request request = { .url = "http://stuck.test/", .now_s = NOW_S };

	fetch_start(world->fetcher, &request, on_answer, &answer);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	/* The rest is world_free()'s, which would take a minute. */
}

/* Private, like git.site.test: no turn is taken and no gap kept, whoever of its
 * site waits for one. */
static void a_private_host_does_not_exempt_its_site(void **state)
{
	struct world *world = *state;
	char *private = mem_printf("http://git.site.test:%u/x", world->port);
	struct fetch_request of_private = { .url = private, .now_s = NOW_S };
	struct fetch_request of_other = { .url = "http://nobody.site.test/x", .now_s = NOW_S };
	struct answer privates[4] = { 0 }, others[2] = { 0 };
	struct fetch *waiting;
	size_t i;

	world->options.gap_ms = 600000;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 3; i++)
		fetch_start(world->fetcher, &of_private, on_answer, &privates[i]);
	for (i = 0; i < 3; i++)
		run_until_done(world, &privates[i]);
	fetch_start(world->fetcher, &of_other, on_answer, &others[0]);
	run_until_done(world, &others[0]);
	assert_true(others[0].failed);
	waiting = fetch_start(world->fetcher, &of_other, on_answer, &others[1]);
	fetch_start(world->fetcher, &of_private, on_answer, &privates[3]);
	run_until_done(world, &privates[3]);
	assert_false(others[1].done);
	assert_int_equal(asked, 5); /* who waits for the gap has not even asked for the name */
	fetch_cancel(waiting);
	for (i = 0; i < 4; i++) {
		assert_int_equal(privates[i].result.status, 200);
		answer_release(&privates[i]);
	}
	free(private);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_stuck_name_is_given_up_and_stops_nobody),
		TEST(however_many_names_are_dead_a_living_one_is_found),
		TEST(without_a_thread_nobody_waits_for_ever),
		TEST(a_name_that_is_nobody_s_is_an_error_of_dns),
		TEST(the_address_that_was_judged_is_the_one_that_is_connected),
		TEST(of_several_addresses_only_the_permitted_are_tried),
		TEST(a_dead_family_costs_less_than_a_second),
		TEST(addresses_that_refuse_are_passed_over_at_once),
		TEST(names_are_asked_once_a_hop),
		TEST(a_private_host_does_not_exempt_its_site),
		TEST(a_proxy_resolves_for_itself),
		TEST(closing_waits_for_no_name),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	fflush(NULL);
	_exit(failed); /* as feedd does: threads are still waiting for dead names */
}
