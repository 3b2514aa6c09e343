/* TLS fails closed, and says why. */
#include "tests/unit/fetch/fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define RECORD_OF_DATA 23 /* RFC 8446 5.1: for a request's, the first byte that is sent */

static bool has_openssl(void)
{
	return system("openssl version >/dev/null 2>&1") == 0;
}

/* A self-signed certificate. */
static void make_certificate(struct world *world, const char *names, const char *days)
{
	/* In two steps, because only the second takes negative days. */
	char *command = mem_printf(
		"cd %s && exec 2>/dev/null && echo 'subjectAltName=%s' >ext && "
		"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
		"-keyout key.pem -out csr.pem -subj /CN=feedd && "
		"openssl x509 -req -in csr.pem -signkey key.pem -days %s -extfile ext -out "
		"cert.pem",
		world->dir, names, days);

	assert_int_equal(system(command), 0);
	free(command);
}

static struct world *tls_world_of(const char *names, const char *days, bool wants_certificate)
{
	struct world *world = world_new();

	world->wants_certificate = wants_certificate;
	make_certificate(world, names, days);
	httpd_start(world, true);
	world_fetcher(world);
	world_script(world, "/x\n\ttext x\n/down\n\tredirect http://127.0.0.1:1/\n");
	return world;
}

static struct world *tls_world(const char *names, const char *days)
{
	return tls_world_of(names, days, false);
}

static struct answer get_tls(struct world *world, const char *path, struct fetch_request request)
{
	char *url = mem_printf("https://localhost:%u%s", world->port, path);
	struct answer answer;

	request.url = url;
	answer = ask(world, request);
	free(url);
	return answer;
}

#define NEED_OPENSSL()                                                                             \
	do {                                                                                       \
		(void)state;                                                                       \
		if (!has_openssl()) {                                                              \
			print_message("openssl is not installed\n");                               \
			skip();                                                                    \
		}                                                                                  \
	} while (0)

static void a_known_certificate_is_taken(void **state)
{
	struct world *world;
	struct answer answer;
	char *ca;

	NEED_OPENSSL();
	world = tls_world("DNS:localhost", "3");
	ca = world_read(world, "cert.pem");
	answer = get_tls(world, "/x", (struct fetch_request){ .ca = ca });
	if (answer.failed)
		fail_msg("%s", answer.err.text);
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"tls\":true"), 1);
	answer_release(&answer);
	/* And again, on the same connection. */
	answer = get_tls(world, "/x", (struct fetch_request){ .ca = ca });
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"connect\""), 1);
	answer_release(&answer);
	free(ca);
	world_free(world);
}

static void a_self_signed_certificate_is_refused_with_its_reason(void **state)
{
	struct world *world;
	struct answer answer;

	NEED_OPENSSL();
	world = tls_world("DNS:localhost", "3");
	answer = get_tls(world, "/x", (struct fetch_request){ 0 });
	assert_int_equal(answer.err.code, ERR_TLS);
	assert_non_null(strstr(answer.err.text, "self"));
	assert_int_equal(log_count(world, "\"method\""), 0);
	answer_release(&answer);
	answer = get_tls(world, "/x", (struct fetch_request){ .insecure = true });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	/* What one feed was allowed is not a way in for another. */
	answer = get_tls(world, "/x", (struct fetch_request){ 0 });
	assert_int_equal(answer.err.code, ERR_TLS);
	answer_release(&answer);
	world_free(world);
}

static void a_wrong_name_is_refused(void **state)
{
	struct world *world;
	struct answer answer;
	char *ca;

	NEED_OPENSSL();
	world = tls_world("DNS:other.example", "3");
	ca = world_read(world, "cert.pem");
	answer = get_tls(world, "/x", (struct fetch_request){ .ca = ca });
	assert_int_equal(answer.err.code, ERR_TLS);
	assert_int_equal(log_count(world, "\"method\""), 0);
	answer_release(&answer);
	free(ca);
	world_free(world);
}

static void an_expired_certificate_is_refused(void **state)
{
	struct world *world;
	struct answer answer;
	char *ca;

	NEED_OPENSSL();
	world = tls_world("DNS:localhost", "-1");
	ca = world_read(world, "cert.pem");
	answer = get_tls(world, "/x", (struct fetch_request){ .ca = ca });
	assert_int_equal(answer.err.code, ERR_TLS);
	assert_non_null(strstr(answer.err.text, "expired"));
	answer_release(&answer);
	free(ca);
	world_free(world);
}

static void https_does_not_lead_to_http_unless_allowed(void **state)
{
	struct world *world;
	struct answer answer;
	char *script;

	NEED_OPENSSL();
	world = tls_world("DNS:localhost", "3");
	script = mem_printf(
		"/down\n\tredirect http://localhost:%u/x\n/x\n\ttext x\n", world->other_port);
	world_script(world, script);
	answer = get_tls(world, "/down", (struct fetch_request){ .insecure = true });
	assert_int_equal(answer.err.code, ERR_BAD_REDIRECT);
	assert_int_equal(log_count(world, "\"tls\":false"), 0);
	answer_release(&answer);
	answer = get_tls(
		world, "/down", (struct fetch_request){ .insecure = true, .downgrade = true });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	free(script);
	world_free(world);
}

static void a_tunnel_shows_a_proxy_nothing_but_the_host(void **state)
{
	struct world *world;
	struct answer answer;
	char *proxy;

	NEED_OPENSSL();
	world = tls_world("DNS:feed.example", "3");
	proxy = mem_printf("http://127.0.0.1:%u", world->port);
	answer = ask(
		world, (struct fetch_request){
			       .url = "https://feed.example/x", .proxy = proxy, .insecure = true });
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(
		log_count(world, "\"method\":\"CONNECT\",\"target\":\"feed.example:443\""), 1);
	assert_int_equal(log_count(world, "\"method\":\"GET\",\"target\":\"/x\""), 1);
	answer_release(&answer);
	free(proxy);
	proxy = mem_printf("socks5h://127.0.0.1:%u", world->port);
	answer = ask(
		world, (struct fetch_request){
			       .url = "https://feed.example/x", .proxy = proxy, .insecure = true });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	free(proxy);
	world_free(world);
}

/* The server wants the reader's certificate everywhere: without it, nothing is heard. */
static void a_certificate_stays_with_its_origin(void **state)
{
	struct world *world;
	struct answer answer;
	char *cert, *key, *other, *script;

	NEED_OPENSSL();
	world = tls_world_of("DNS:localhost", "3", true);
	cert = world_read(world, "cert.pem");
	key = world_read(world, "key.pem");
	other = mem_printf("https://localhost:%u/x", world->other_port);
	script = mem_printf("/near\n\tredirect /x\n/far\n\tredirect %s\n/x\n\ttext x\n", other);
	world_script(world, script);
	answer = get_tls(world, "/near",
		(struct fetch_request){ .insecure = true, .cert = cert, .key = key });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	/* A connection with the certificate is kept there, for who brings it. */
	answer = ask(world,
		(struct fetch_request){ .url = other, .insecure = true, .cert = cert, .key = key });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	log_clear(world);
	answer = get_tls(world, "/far",
		(struct fetch_request){ .insecure = true, .cert = cert, .key = key });
	assert_int_equal(answer.err.code, ERR_TLS);
	assert_int_equal(log_count(world, "\"target\":\"/far\""), 1);
	assert_int_equal(log_count(world, "\"target\":\"/x\""), 0);
	answer_release(&answer);
	free(script);
	free(other);
	free(key);
	free(cert);
	world_free(world);
}

/* Libcurl's, too.  As a connection is that the server has reset: what is sent by it is
 * lost, and what came before can still be read. */
static bool loses_requests;

__attribute__((visibility("default"))) ssize_t send(
	int fd, const void *data, size_t length, int flags)
{
	struct pollfd ended = { .fd = fd, .events = POLLRDHUP };

	if (!loses_requests || *(const unsigned char *)data != RECORD_OF_DATA)
		return sendto(fd, data, length, flags, NULL, 0);
	assert_int_equal(poll(&ended, 1, 10000), 1);
	errno = EPIPE;
	return -1;
}

/* Whether the alert is read, or the request finds that nobody is there, is chance. */
static void a_certificate_that_is_missing_is_always_told_alike(void **state)
{
	struct world *world;
	char *words = NULL;

	NEED_OPENSSL();
	world = tls_world_of("DNS:localhost", "3", true);
	for (unsigned i = 0; i < 10; i++) {
		struct answer answer;

		loses_requests = i % 2 != 0;
		answer = get_tls(world, "/x", (struct fetch_request){ .insecure = true });
		if (answer.err.code != ERR_TLS)
			fail_msg("%s: %s", err_word(answer.err.code), answer.err.text);
		if (words == NULL)
			words = mem_strdup(answer.err.text);
		assert_string_equal(answer.err.text, words);
		answer_release(&answer);
	}
	loses_requests = false;
	assert_non_null(strstr(words, "certificate"));
	free(words);
	world_free(world);
}

static void another_certificate_or_key_makes_another_connection(void **state)
{
	struct world *world;
	struct answer answer;
	char *certs[2], *keys[3];
	static const struct {
		unsigned cert, key, connections;
	} asked[] = { { 0, 0, 1 }, { 0, 0, 1 }, { 0, 2, 2 }, { 1, 1, 3 }, { 1, 1, 3 } };
	size_t i;

	NEED_OPENSSL();
	world = tls_world("DNS:localhost", "3");
	for (i = 0; i < 2; i++) {
		certs[i] = world_read(world, "cert.pem");
		keys[i] = world_read(world, "key.pem");
		make_certificate(world, "DNS:localhost", "3");
	}
	keys[2] = mem_printf("%s\n", keys[0]); /* in other bytes */
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		answer = get_tls(world, "/x",
			(struct fetch_request){ .insecure = true,
				.cert = certs[asked[i].cert],
				.key = keys[asked[i].key] });
		assert_int_equal(answer.result.status, 200);
		assert_int_equal(log_count(world, "\"connect\""), asked[i].connections);
		answer_release(&answer);
	}
	for (i = 0; i < 3; i++)
		free(keys[i]);
	free(certs[0]);
	free(certs[1]);
	world_free(world);
}

static void plain_http_on_a_tls_port_is_an_error_of_tls(void **state)
{
	struct world *world = world_new();
	struct answer answer;

	(void)state;
	httpd_start(world, false);
	world_fetcher(world);
	answer = get_tls(world, "/x", (struct fetch_request){ 0 });
	assert_true(answer.failed);
	assert_int_equal(answer.err.code, ERR_TLS);
	answer_release(&answer);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_certificate_is_taken),
		cmocka_unit_test(a_self_signed_certificate_is_refused_with_its_reason),
		cmocka_unit_test(a_wrong_name_is_refused),
		cmocka_unit_test(an_expired_certificate_is_refused),
		cmocka_unit_test(https_does_not_lead_to_http_unless_allowed),
		cmocka_unit_test(a_tunnel_shows_a_proxy_nothing_but_the_host),
		cmocka_unit_test(a_certificate_stays_with_its_origin),
		cmocka_unit_test(a_certificate_that_is_missing_is_always_told_alike),
		cmocka_unit_test(another_certificate_or_key_makes_another_connection),
		cmocka_unit_test(plain_http_on_a_tls_port_is_an_error_of_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
