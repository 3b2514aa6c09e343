#include "daemon/fetch/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/fetch/pins.h"

#define POOL_MAX 64u
#define BODY_KEPT (64u << 10) /* memory of a body that is kept for the next one */
#define ASIDE_MAX (64u << 10) /* of a body that is no feed */
#define RECEIVE_SIZE (16L << 10)

static void too_big(struct transfer *transfer)
{
	err_set(&transfer->err, ERR_TOO_BIG, "the document is larger than %zu bytes",
		transfer->body.max);
}

/* A bomb in several shells is a bomb, and needs no lighting to be known. */
static void refuse_codings(struct transfer *transfer)
{
	if (transfer->head.codings_known)
		err_set(&transfer->err, ERR_TOO_BIG,
			"it is compressed %u times over, and only that hides how large it is",
			transfer->head.codings);
	else
		err_set(&transfer->err, ERR_BAD_ENCODING,
			"its Content-Encoding is none we asked for");
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *transfer = ctx;
	struct head *head = &transfer->head;
	bool lies;

	(void)size; /* is 1 */
	if (head_line(head, data, count, &transfer->err) < 0)
		return 0;
	if (head->whole && transfer->abandoned) {
		err_set(&transfer->err, ERR_CANCELLED, "nobody waits for the rest of it");
		return 0;
	}
	if (!head->whole || head->status == 304 || head->status == 204)
		return count;
	wrapping_expect(&transfer->wrapping);
	lies = !head->codings_known || head->codings > 1;
	transfer->enough = lies && head->status >= 300;
	if (transfer->enough)
		return 0; /* a page about an error that we could not read anyway */
	if (lies) {
		refuse_codings(transfer);
		return 0;
	}
	if (head->status < 300 && head->content_length > (int64_t)transfer->body.max) {
		too_big(transfer);
		return 0;
	}
	return count;
}

bool transfer_is_redirect(const struct transfer *transfer)
{
	switch (transfer->head.status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return transfer->head.has[HEAD_LOCATION];
	default:
		return false;
	}
}

static enum unpacked take_plain(struct transfer *transfer, const char *data, size_t count)
{
	slice_spend(multi_slices(transfer->multi), &transfer->slice, count);
	return buf_add(&transfer->body, data, count) < 0 ? UNPACKED_FULL : UNPACKED_ALL;
}

/* Resumes within the bytes that it saw before it rested. */
static enum unpacked take_packed(
	struct transfer *transfer, const char *data, size_t count, size_t most)
{
	size_t done = transfer->unpacked < count ? transfer->unpacked : count;
	size_t rest = count - done, before = transfer->body.length;
	enum unpacked result;

	data += done;
	if (transfer->packed == NULL)
		transfer->packed = packed_new(transfer->head.coding);
	result = packed_step(transfer->packed, &data, &rest, most, &transfer->body, &transfer->err);
	slice_spend(multi_slices(transfer->multi), &transfer->slice,
		count - done - rest + transfer->body.length - before);
	transfer->unpacked = result == UNPACKED_MORE ? count - rest : 0;
	return result;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *transfer = ctx;
	struct slices *slices = multi_slices(transfer->multi);
	size_t left = slice_left(slices, &transfer->slice);
	enum unpacked result = UNPACKED_MORE;
	bool bad;

	(void)size; /* is 1 */
	if (left > 0)
		result = transfer->head.coding == CODING_NONE
				 ? take_plain(transfer, data, count)
				 : take_packed(transfer, data, count, left);
	slice_holds(slices, &transfer->slice, transfer->body.length);
	if (result == UNPACKED_FULL)
		too_big(transfer);
	bad = result == UNPACKED_FULL || result == UNPACKED_BAD;
	/* Of a redirect or a page about an error, nobody needs the rest. */
	transfer->enough = transfer->head.status >= 300 &&
			   (bad || transfer->body.length > ASIDE_MAX);
	if (bad || transfer->enough)
		return 0;
	if (result == UNPACKED_ALL)
		return count;
	transfer_rest(transfer);
	return CURL_WRITEFUNC_PAUSE;
}

/* Called at each step of libcurl's, whether it brings anything or not. */
static int on_progress(
	void *ctx, curl_off_t most, curl_off_t bytes, curl_off_t up_most, curl_off_t up)
{
	struct transfer *transfer = ctx;
	bool large = bytes > (curl_off_t)transfer->body.max;
	size_t wrapped;
	bool prevails = wrapping_prevails(&transfer->wrapping, transfer->multi, bytes, &wrapped);

	(void)most;
	(void)up_most;
	(void)up;
	if (wrapped > 0)
		slice_spend(multi_slices(transfer->multi), &transfer->slice, wrapped);
	if (bytes == transfer->head.content_length && hop_is_bare(transfer->hop) &&
		wrapping_has_surplus(&transfer->wrapping, transfer->easy, bytes))
		transfer->surplus = true;
	if (!prevails && !large)
		return 0;
	transfer->enough = transfer->head.status >= 300;
	if (large)
		too_big(transfer);
	else
		transfer_explain_wrapping(transfer);
	return 1;
}

static int judge_text(struct transfer *transfer, const char *text, int port)
{
	struct address address;

	if (!address_of_text(text, &address))
		return err_set(&transfer->err, ERR_BLOCKED, "\"%s\" is no address", text);
	return hop_judge(
		transfer->hop, transfer->options, &address, (unsigned)port, &transfer->err);
}

static bool is_over(struct transfer *transfer)
{
	bool over = asking_is_over(&transfer->asking, transfer->multi, transfer->wrapping.fd);

	if (over)
		err_set(&transfer->err, ERR_INCOMPLETE,
			"the connection ended before the answer began");
	return over;
}

/* Also runs on a connection that was opened for somebody else. */
static int on_prerequest(void *ctx, char *address, char *own_address, int port, int own_port)
{
	struct transfer *transfer = ctx;

	(void)own_address;
	snprintf(transfer->address, sizeof(transfer->address), "%s", address);
	if (is_over(transfer))
		return CURL_PREREQFUNC_ABORT;
	transfer->began_ms = uv_hrtime() / 1000000 + 1;
	wrapping_ask(&transfer->wrapping, transfer->multi, (unsigned)own_port);
	if (transfer_is_refused(transfer)) {
		transfer_explain_refused(transfer);
		curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
		return CURL_PREREQFUNC_ABORT;
	}
	asking_leaves(&transfer->asking, transfer->multi, transfer->wrapping.fd);
	/* If libcurl asks anew, not by another one that may have ended, too. */
	curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
	return judge_text(transfer, address, port) < 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* The last word before a packet leaves: on the very address that is connected. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *target)
{
	struct transfer *transfer = ctx;
	struct address address;
	unsigned port;
	int fd;

	(void)purpose;
	if (is_over(transfer))
		return CURL_SOCKET_BAD;
	if (!address_of_socket(&target->addr, &address, &port)) {
		err_set(&transfer->err, ERR_BLOCKED, "that is no address of the internet");
		return CURL_SOCKET_BAD;
	}
	if (hop_judge(transfer->hop, transfer->options, &address, port, &transfer->err) < 0)
		return CURL_SOCKET_BAD;
	fd = socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS))
		err_set_errno(&transfer->err, ERR_BUSY, errno, "no socket is left");
	transfer->wrapping.fd = fd; /* the last, until the request leaves by one of them */
	if (fd < 0 || multi_socket_opens(transfer->multi, fd, address_is_private(&address)) == 0)
		return fd;
	close(fd);
	return CURL_SOCKET_BAD;
}

/* What is the same for every request of feedd. */
static CURL *easy_new(struct transfer *transfer)
{
	CURL *easy = curl_easy_init();
	char *bundle = NULL;

	if (easy == NULL)
		mem_is_gone(); /* the only reason */
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, TRANSFER_SLOW_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, TRANSFER_SLOW_S);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_SIZE);
	/* Pins must live until they are used; each request brings its own. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 300L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	/* A connection outlives its transfer. */
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, multi_socket_closes);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfer->multi);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prerequest);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	/* Only certificates that come from the bundle alone are kept from one
	 * connection to the next; to read them again each time costs 30 ms. */
	if (curl_easy_getinfo(easy, CURLINFO_CAINFO, &bundle) == CURLE_OK && bundle != NULL)
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return easy;
}

struct transfer *transfer_take(struct transfer_pool *pool, size_t header_max, size_t body_max)
{
	struct transfer *transfer = pool->spare;

	if (transfer != NULL) {
		pool->spare = transfer->next_spare;
		pool->count--;
	} else {
		transfer = MEM_NEW(struct transfer);
		transfer->multi = pool->multi;
		transfer->easy = easy_new(transfer);
		buf_init(&transfer->body, body_max);
		head_init(&transfer->head, header_max);
	}
	transfer->body.max = body_max;
	head_limit(&transfer->head, header_max);
	transfer->wire_bytes = 0;
	transfer->address[0] = '\0';
	return transfer;
}

static void drop_lists(struct transfer *transfer)
{
	arena_free(&transfer->memory);
	curl_slist_free_all(transfer->pins);
	transfer->pins = NULL;
}

static void transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	drop_lists(transfer);
	curl_slist_free_all(transfer->unpins);
	head_release(&transfer->head);
	buf_release(&transfer->body);
	free(transfer);
}

void transfer_give(struct transfer_pool *pool, struct transfer *transfer)
{
	drop_lists(transfer);
	if (pool->count >= POOL_MAX) {
		transfer_free(transfer);
		return;
	}
	if (transfer->body.capacity > BODY_KEPT)
		buf_release(&transfer->body);
	transfer->next_spare = pool->spare;
	pool->spare = transfer;
	pool->count++;
}

void transfer_pool_release(struct transfer_pool *pool)
{
	struct transfer *transfer;

	while ((transfer = pool->spare) != NULL) {
		pool->spare = transfer->next_spare;
		transfer_free(transfer);
	}
	pool->count = 0;
}

/* For what libcurl copies: without it, it would be another request. */
static void must_have(CURLcode code)
{
	if (code == CURLE_OUT_OF_MEMORY)
		mem_is_gone();
}

static void set_blob(CURL *easy, CURLoption option, const char *text)
{
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };

	if (text == NULL) {
		curl_easy_setopt(easy, option, NULL);
		return;
	}
	blob.data = mem_strdup(text);
	blob.len = strlen(text);
	must_have(curl_easy_setopt(easy, option, &blob));
	free(blob.data);
}

/*
 * Libcurl gives a kept connection only to a request that brings the very bytes of the
 * certificate that it was made with, or none if it was made with none.  It does not
 * look at the key: that stands behind the certificate, so that a new one makes a new
 * connection, too.
 */
static void set_client(CURL *easy, const char *cert, const char *key)
{
	char *both = cert != NULL && key != NULL ? mem_printf("%s\n%s", cert, key) : NULL;

	set_blob(easy, CURLOPT_SSLCERT_BLOB, both != NULL ? both : cert);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, key != NULL ? key : cert);
	free(both);
}

static void set_tls(CURL *easy, const struct fetch_request *asked, bool home)
{
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, asked->insecure ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, asked->insecure ? 0L : 2L);
	set_blob(easy, CURLOPT_CAINFO_BLOB, asked->ca);
	/* An https proxy may be known to that authority, too; `insecure` is not for it. */
	set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, asked->ca);
	set_client(easy, home ? asked->cert : NULL, home ? asked->key : NULL);
}

/* The URL names the peer only; what is asked there is the request target. */
static void set_target(struct transfer *transfer, const struct hop *hop)
{
	CURL *easy = transfer->easy;
	bool direct = hop->proxy[0] == '\0';
	bool six = strchr(hop->parts.host, ':') != NULL;
	char *url = mem_printf("%s://%s%s%s:%u/", hop->parts.scheme, six ? "[" : "",
		hop->parts.host, six ? "]" : "", hop->parts.port);
	char *target = hop_target(hop);

	must_have(curl_easy_setopt(easy, CURLOPT_URL, url));
	must_have(curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, target));
	if (!direct || !transfer->direct) {
		must_have(curl_easy_setopt(easy, CURLOPT_PROXY, hop->proxy));
		must_have(curl_easy_setopt(easy, CURLOPT_NOPROXY, direct ? "*" : ""));
		transfer->direct = direct;
	}
	free(url);
	free(target);
}

/* After five of them, however far apart, libcurl asks anew no more. */
static void renew_worn(struct transfer *transfer)
{
	if (!transfer->asking.worn)
		return;
	curl_easy_cleanup(transfer->easy);
	transfer->easy = easy_new(transfer);
	transfer->asking.worn = transfer->direct = false;
}

void transfer_start(struct transfer *transfer, struct hop *hop, const struct request *request,
	const struct fetch_options *options, const struct transfer_times *times,
	struct curl_slist *pins)
{
	CURL *easy;

	renew_worn(transfer);
	easy = transfer->easy;
	drop_lists(transfer);
	head_clear(&transfer->head);
	buf_clear(&transfer->body);
	transfer->err.code = ERR_NONE;
	transfer->missed = FETCH_MISSED_NOTHING;
	transfer->words[0] = '\0';
	transfer->enough = transfer->abandoned = transfer->surplus = false;
	asking_begin(&transfer->asking);
	wrapping_begin(&transfer->wrapping, hop_tunnels(hop));
	transfer_time(transfer, times->total_ms);
	transfer->hop = hop;
	transfer->options = options;
	transfer->pins = pins_join(transfer->unpins, pins);
	transfer->unpins = pins_undo(pins);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 0L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 0L);
	set_target(transfer, hop);
	set_tls(easy, &request->asked, hop_is_home(hop, request));
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER,
		hop_headers(hop, request, options->user_agent, &transfer->memory));
	curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->pins);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)times->connect_ms);
	multi_add(transfer->multi, easy);
}

static void let_go(struct transfer *transfer)
{
	slice_end(multi_slices(transfer->multi), &transfer->slice);
	packed_free(transfer->packed);
	transfer->packed = NULL;
	transfer->unpacked = 0;
}

void transfer_cancel(struct transfer *transfer)
{
	let_go(transfer);
	multi_remove(transfer->multi, transfer->easy);
}

void transfer_finish(struct transfer *transfer, CURLcode code)
{
	curl_off_t body = 0;
	long head = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(transfer->easy, CURLINFO_HEADER_SIZE, &head);
	transfer->wire_bytes += (uint64_t)body + (uint64_t)head;
	wrapping_end(&transfer->wrapping, transfer->multi, transfer->easy, head + body);
	transfer->sealed = transfer->packed != NULL && packed_has_ended(transfer->packed);
	if (code == CURLE_OK && transfer->head.status < 300 && transfer->packed != NULL &&
		!transfer->sealed) {
		err_set(&transfer->err, ERR_INCOMPLETE, "its compression ends too early");
		code = CURLE_PARTIAL_FILE;
	}
	/* Whatever is wrong with the page of a redirect or an error: what counts
	 * stood in its head. */
	if (transfer->enough || (transfer->head.whole && transfer->head.status >= 300 &&
					transfer->err.code == ERR_NONE))
		code = CURLE_OK;
	/* One address may have been refused and the next one reached. */
	if (code == CURLE_OK)
		transfer->err.code = ERR_NONE;
	else if (transfer->err.code == ERR_NONE)
		transfer_explain(transfer, code);
	let_go(transfer);
}
