#ifndef SUPPORT_HTTPD_H
#define SUPPORT_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uv.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * httpd: a web server that does what a script says, however wrong, on loopback
 * alone, and writes down every request.  A test's tool, never part of feedd.
 * `httpd --help` is the manual of its options and of the script.
 *
 *	httpd.c          options, listeners, the manual
 *	httpd_script.c   the script: which paths get which treatment
 *	httpd_words.c    the script's words, one row each
 *	httpd_request.c  bytes -> request, and its line in the log
 *	httpd_answer.c   request + route -> head and body
 *	httpd_conn.c     a connection: reading, then sending at the route's pace
 *	httpd_socks.c    a connection that begins as one to a SOCKS proxy
 *	httpd_tls.c      a connection that begins with a TLS greeting
 */

#define HTTPD_NEVER UINT64_MAX

/* How an answer goes out.  A value, because the script may change meanwhile. */
struct httpd_pace {
	int64_t delay_ms;   /* before the first byte */
	uint64_t head_rate; /* bytes a second; 0: as fast as it goes */
	uint64_t body_rate;
	uint64_t repeat; /* how often the body is sent; HTTPD_NEVER: for ever */
	uint64_t cut;    /* the connection ends behind so many bytes of body */
	uint64_t reset;  /* likewise, with RST */
	int send_buffer; /* the kernel's for what is not acknowledged; 0: as it likes */
	bool chunked;
	bool unended; /* chunked without its last chunk */
	bool hang;    /* stays open and silent behind the answer */
	bool close;
	bool silent; /* no answer at all */
	bool gated;  /* no byte before there is a file "gate" below the root */
};

struct httpd_route {
	char *pattern;
	unsigned times, used; /* serves `times` requests; 0: all */
	unsigned status;
	char *reason;       /* or NULL */
	struct buf headers; /* "Name: value\r\n" … as the script has them */
	bool bare;          /* nothing but those */
	char *file;         /* below the root, or NULL */
	struct buf text;
	bool raw; /* text is the whole answer */
	bool echo;
	bool unconditional; /* never 304 of itself */
	bool no_length;
	char *length; /* Content-Length as said, or NULL */
	unsigned interims, junk;
	size_t junk_size;
	struct httpd_pace pace;
	struct httpd_route *next;
};

struct httpd_script {
	char *path; /* or NULL: none */
	char *source;
	size_t source_length;
	struct httpd_route *routes;
};
/* Read it again if it has changed; a line that can't be read ends httpd. */
void httpd_script_refresh(struct httpd_script *script);
/* The first route that fits and is not used up, counted; NULL if none. */
struct httpd_route *httpd_script_match(
	struct httpd_script *script, const char *host, const char *path);
void httpd_script_release(struct httpd_script *script);

/* Take one line of a route; -1 if it can't be read. */
int httpd_word(struct httpd_route *route, char *line);
/* The manual of all words. */
void httpd_words_help(FILE *out);

struct httpd_header {
	char *name, *value;
};

#define HTTPD_HEADERS_MAX 100

struct httpd_request {
	char *method, *target;
	const char *path; /* of the target, which a proxy gets absolute */
	const char *host; /* without port, "" if none */
	struct httpd_header headers[HTTPD_HEADERS_MAX];
	size_t header_count;
	const char *source; /* the head as it came */
	size_t source_length;
	bool close;
	char *text; /* owns the strings above */
};
/* 1 and the bytes it took; 0 if more are needed; -1 if it is none. */
int httpd_request_parse(
	const char *data, size_t length, struct httpd_request *out_request, size_t *out_length);
const char *httpd_request_header(const struct httpd_request *request, const char *name);
void httpd_request_release(struct httpd_request *request);

struct httpd_answer {
	unsigned status;
	struct buf head;
	char *body;
	size_t body_length;
	struct httpd_pace pace;
};
struct httpd;
void httpd_answer_make(struct httpd *httpd, const struct httpd_request *request,
	const struct httpd_route *route, struct httpd_answer *out_answer);
void httpd_answer_release(struct httpd_answer *answer);

struct httpd {
	uv_loop_t *loop;
	const char *root; /* "" if no files are served */
	struct httpd_script script;
	int log; /* descriptor, or -1 */
	bool log_events;
	bool gzip_static;
	struct httpd_tls_context *tls;
	unsigned connections; /* so far; numbers them */
};

struct httpd_listener {
	uv_tcp_t tcp;
	struct httpd *httpd;
	char name[80]; /* "127.0.0.1:8080" */
	unsigned port;
};

struct httpd_conn;
void httpd_conn_accept(struct httpd_listener *listener);
/* Bytes to the peer, below TLS. */
void httpd_conn_send_raw(struct httpd_conn *conn, const char *data, size_t length);

/* Who speaks how: what a connection was asked for through SOCKS, if it was. */
struct httpd_socks {
	char user[256], host[256]; /* the host as it was sent: a name, or an address */
	unsigned version, port;
	unsigned step;
};
/* 1: the proxy's part is done (*used bytes taken); 0: more; -1: no SOCKS. */
int httpd_socks_step(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply);

struct httpd_tls;
struct httpd_tls_context *httpd_tls_context_new(
	const char *cert, const char *key, const char *client_ca, struct err *err);
void httpd_tls_context_free(struct httpd_tls_context *context);
struct httpd_tls *httpd_tls_new(struct httpd_tls_context *context, struct httpd_conn *conn);
void httpd_tls_free(struct httpd_tls *tls);
/* Sealed bytes in, open ones appended to `plain`; -1 when it is over. */
int httpd_tls_receive(struct httpd_tls *tls, const char *data, size_t length, struct buf *plain);
void httpd_tls_send(struct httpd_tls *tls, const char *data, size_t length);
void httpd_tls_close(struct httpd_tls *tls);

/* One line of JSON, at once. */
void httpd_log_request(struct httpd *httpd, const struct httpd_listener *listener, unsigned conn,
	unsigned number, const struct httpd_request *request, const struct httpd_socks *socks,
	bool tls, unsigned status);
void httpd_log_event(struct httpd *httpd, const struct httpd_listener *listener, unsigned conn,
	const char *event, uint64_t bytes);

#endif
