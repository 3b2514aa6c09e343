#include "tests/support/httpd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/mem.h"

#define LISTENERS_MAX 64

struct options {
	const char *addresses[LISTENERS_MAX];
	size_t count;
	const char *port_file, *log, *cert, *key, *client_ca;
	bool deaf;
};

static void help(FILE *out)
{
	fputs("usage: httpd [options] [SCRIPT]\n"
	      "\n"
	      "  --port N          listen on 127.0.0.1 (0: any free port)\n"
	      "  --listen ADDR:N   listen there; 127.0.0.0/8 and [::1] only; may be repeated\n"
	      "  --port-file F     write the ports there, one a line, once all listen\n"
	      "  --log F           append a line of JSON for every request, before its answer:\n"
	      "                    time (ms) listener conn number method target host\n"
	      "                    headers [[name,value]...] status tls, and socks {version\n"
	      "                    host port user} where it came that way\n"
	      "  --deaf            answer nobody who connects, as where packets are lost\n"
	      "  --events          also lines with \"event\": connect, close (with bytes sent)\n"
	      "  --root DIR        serve its files with ETag and Last-Modified, 304 included\n"
	      "  --gzip-static     FILE.gz in place of FILE for who accepts gzip\n"
	      "  --tls CERT KEY    TLS where a connection begins so (also behind CONNECT, SOCKS)\n"
	      "  --client-ca CA    ask TLS clients for a certificate of this CA\n"
	      "\n"
	      "Every port is also a SOCKS 4a and 5 and an HTTP proxy, which lead back to httpd.\n"
	      "\n"
	      "SCRIPT is read again for each request when it has changed.  A line at the left\n"
	      "edge is a pattern: [HOST]/PATH?QUERY, with * as in the shell; indented lines below\n"
	      "say what happens there.  The first route that fits serves, then --root, then 404.\n"
	      "BYTES and VALUE know \\r \\n \\t \\0 \\\\ \\xHH.  SIZE and N take K and M.\n"
	      "\n",
		out);
	httpd_words_help(out);
}

static void die(const char *what, int code)
{
	fprintf(stderr, "httpd: %s: %s\n", what, uv_strerror(code));
	exit(1);
}

static void on_connection(uv_stream_t *stream, int status)
{
	if (status == 0)
		httpd_conn_accept(stream->data);
}

static bool is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;

	return address->ss_family == AF_INET ? ntohl(four->sin_addr.s_addr) >> 24 == 127
					     : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static int parse_address(const char *text, struct sockaddr_storage *out)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	int port;

	if (colon == NULL)
		return UV_EINVAL;
	port = (int)strtol(colon + 1, NULL, 10);
	if (text[0] == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)strcspn(text + 1, "]"), text + 1);
		return uv_ip6_addr(host, port, (struct sockaddr_in6 *)out);
	}
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	return uv_ip4_addr(host, port, (struct sockaddr_in *)out);
}

/* Its queue is full, and stays so: the kernel drops what else comes. */
static int turn_deaf(uv_tcp_t *tcp)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);
	int fd, filler, i;

	if (uv_fileno((uv_handle_t *)tcp, &fd) < 0 || listen(fd, 0) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return -errno;
	for (i = 0; i < 2; i++) {
		filler = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (filler < 0 || (connect(filler, (struct sockaddr *)&address, length) < 0 &&
					  errno != EINPROGRESS))
			return -errno;
	}
	return 0;
}

static void listen_on(
	struct httpd *httpd, struct httpd_listener *listener, const char *text, bool deaf)
{
	struct sockaddr_storage address = { 0 };
	int length = sizeof(address), code = parse_address(text, &address);
	const struct sockaddr_in *four = (const struct sockaddr_in *)&address;

	if (code == 0 && !is_loopback(&address))
		code = UV_EADDRNOTAVAIL;
	if (code == 0)
		code = uv_tcp_init(httpd->loop, &listener->tcp);
	if (code == 0)
		code = uv_tcp_bind(&listener->tcp, (const struct sockaddr *)&address, 0);
	if (code == 0)
		code = deaf ? turn_deaf(&listener->tcp)
			    : uv_listen((uv_stream_t *)&listener->tcp, 4096, on_connection);
	if (code == 0)
		code = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &length);
	if (code < 0)
		die(text, code);
	listener->tcp.data = listener;
	listener->httpd = httpd;
	listener->port = ntohs(four->sin_port); /* both families have it there */
	snprintf(listener->name, sizeof(listener->name), "%.*s:%u",
		(int)(strrchr(text, ':') - text), text, listener->port);
}

/* Renamed into place, so that who waits for it finds all of it. */
static void write_ports(const char *path, const struct httpd_listener *listeners, size_t count)
{
	char *draft = mem_printf("%s.new", path);
	FILE *file = fopen(draft, "we");
	size_t i;

	for (i = 0; file != NULL && i < count; i++)
		fprintf(file, "%u\n", listeners[i].port);
	if (file == NULL || fclose(file) != 0 || rename(draft, path) < 0) {
		perror(path);
		exit(1);
	}
	free(draft);
}

static void parse_options(int argc, char **argv, struct options *options, struct httpd *httpd)
{
	static const struct option names[] = { { "port", required_argument, NULL, 'p' },
		{ "listen", required_argument, NULL, 'l' },
		{ "port-file", required_argument, NULL, 'f' },
		{ "log", required_argument, NULL, 'o' }, { "events", no_argument, NULL, 'e' },
		{ "deaf", no_argument, NULL, 'd' }, { "root", required_argument, NULL, 'r' },
		{ "gzip-static", no_argument, NULL, 'g' }, { "tls", required_argument, NULL, 't' },
		{ "client-ca", required_argument, NULL, 'c' }, { "help", no_argument, NULL, 'h' },
		{ 0 } };
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'p' || option == 'l') {
			if (options->count == LISTENERS_MAX)
				die(optarg, UV_EMFILE);
			options->addresses[options->count++] = option == 'l'
								       ? optarg
								       : mem_printf("127.0.0.1:%s",
										 optarg);
		} else if (option == 'f') {
			options->port_file = optarg;
		} else if (option == 'o') {
			options->log = optarg;
		} else if (option == 'd') {
			options->deaf = true;
		} else if (option == 'e') {
			httpd->log_events = true;
		} else if (option == 'r') {
			httpd->root = optarg;
		} else if (option == 'g') {
			httpd->gzip_static = true;
		} else if (option == 't' && optind < argc) {
			options->cert = optarg;
			options->key = argv[optind++];
		} else if (option == 'c') {
			options->client_ca = optarg;
		} else {
			help(option == 'h' ? stdout : stderr);
			exit(option == 'h' ? 0 : 2);
		}
	}
	httpd->script.path = optind < argc ? argv[optind] : NULL;
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	static struct httpd_listener listeners[LISTENERS_MAX];
	struct options options = { 0 };
	struct httpd httpd = { .loop = uv_default_loop(), .root = "", .log = -1 };
	struct err err;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	parse_options(argc, argv, &options, &httpd);
	if (options.count == 0)
		options.addresses[options.count++] = "127.0.0.1:0";
	httpd_script_refresh(&httpd.script);
	if (options.cert != NULL) {
		httpd.tls = httpd_tls_context_new(
			options.cert, options.key, options.client_ca, &err);
		if (httpd.tls == NULL) {
			fprintf(stderr, "httpd: %s\n", err.text);
			return 1;
		}
	}
	if (options.log != NULL) {
		httpd.log = open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (httpd.log < 0)
			die(options.log, -errno);
	}
	for (i = 0; i < options.count; i++)
		listen_on(&httpd, &listeners[i], options.addresses[i], options.deaf);
	if (options.port_file != NULL)
		write_ports(options.port_file, listeners, options.count);
	while (options.deaf)
		pause();
	return uv_run(httpd.loop, UV_RUN_DEFAULT);
}
