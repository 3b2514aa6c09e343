#include "tests/support/httpd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"

#define BLOCK_SIZE 65536u     /* sent at once where no rate is set */
#define UNSENT_MAX (1u << 20) /* what may wait for a slow reader */
#define GATE_LOOK_MS 20

/*
 * A connection.  What its first byte says, again behind a proxy's greeting:
 *
 *	fresh --0x04,0x05--> SOCKS --connected--> fresh
 *	      --0x16-------> TLS, and within it:
 *	      --else-------> READING --request--> ANSWERING --kept--> READING
 *	                        |--CONNECT--> fresh  |--cut, close--> closed
 */
struct httpd_conn {
	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_shutdown_t shutdown;
	unsigned handles; /* open ones; the last to close frees */
	struct httpd_listener *listener;
	unsigned number, requests;
	struct buf in;
	bool fresh, in_socks, answering, ending;
	bool deaf; /* what still comes is nothing to us */
	struct httpd_socks socks;
	struct httpd_tls *tls;
	struct httpd_answer answer;
	size_t head_done;
	uint64_t body_done;
	size_t unsent;
	uint64_t sent; /* that the kernel took, on the whole connection */
};

struct pending {
	uv_write_t request;
	struct httpd_conn *conn;
	size_t length;
	char data[];
};

static void pump(struct httpd_conn *conn);
static void advance(struct httpd_conn *conn);

static void on_closed(uv_handle_t *handle)
{
	struct httpd_conn *conn = handle->data;

	if (--conn->handles > 0)
		return;
	httpd_answer_release(&conn->answer);
	httpd_tls_free(conn->tls);
	buf_release(&conn->in);
	free(conn);
}

static void close_conn(struct httpd_conn *conn, bool reset)
{
	if (uv_is_closing((uv_handle_t *)&conn->tcp))
		return;
	httpd_log_event(conn->listener->httpd, conn->listener, conn->number, "close", conn->sent);
	uv_close((uv_handle_t *)&conn->timer, on_closed);
	if (!reset || uv_tcp_close_reset(&conn->tcp, on_closed) < 0)
		uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

static void on_written(uv_write_t *request, int status)
{
	struct pending *pending = (struct pending *)request;
	struct httpd_conn *conn = pending->conn;

	conn->unsent -= pending->length;
	conn->sent += status == 0 ? pending->length : 0;
	free(pending);
	if (status < 0)
		close_conn(conn, false);
	else if (conn->ending && conn->unsent == 0)
		close_conn(conn, false);
	else if (conn->answering && !uv_is_active((uv_handle_t *)&conn->timer))
		pump(conn);
}

void httpd_conn_send_raw(struct httpd_conn *conn, const char *data, size_t length)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)data, (unsigned)length);
	struct pending *pending;
	int n = 0;

	if (uv_is_closing((uv_handle_t *)&conn->tcp))
		return;
	if (conn->unsent == 0)
		n = uv_try_write((uv_stream_t *)&conn->tcp, &buf, 1);
	if (n < 0 && n != UV_EAGAIN) {
		close_conn(conn, false);
		return;
	}
	n = n < 0 ? 0 : n;
	conn->sent += (size_t)n;
	if ((size_t)n == length)
		return;
	pending = mem_alloc(sizeof(*pending) + length - (size_t)n);
	pending->conn = conn;
	pending->length = length - (size_t)n;
	memcpy(pending->data, data + n, pending->length);
	buf = uv_buf_init(pending->data, (unsigned)pending->length);
	conn->unsent += pending->length;
	if (uv_write(&pending->request, (uv_stream_t *)&conn->tcp, &buf, 1, on_written) < 0)
		abort();
}

static void send_bytes(struct httpd_conn *conn, const char *data, size_t length)
{
	if (length == 0)
		return;
	if (conn->tls != NULL)
		httpd_tls_send(conn->tls, data, length);
	else
		httpd_conn_send_raw(conn, data, length);
}

static void on_timer(uv_timer_t *timer)
{
	pump(timer->data);
}

static void wait_ms(struct httpd_conn *conn, int64_t ms)
{
	if (!uv_is_closing((uv_handle_t *)&conn->timer))
		uv_timer_start(&conn->timer, on_timer, (uint64_t)ms, 0);
}

/* How much may go now at this rate; the rest after *out_wait_ms. */
static size_t allowance(uint64_t rate, int64_t *out_wait_ms)
{
	*out_wait_ms = 0;
	if (rate == 0)
		return BLOCK_SIZE;
	*out_wait_ms = rate >= 20 ? 50 : (int64_t)(1000 / rate);
	return rate >= 20 ? (size_t)(rate / 20 < BLOCK_SIZE ? rate / 20 : BLOCK_SIZE) : 1;
}

static uint64_t body_end(const struct httpd_answer *answer)
{
	const struct httpd_pace *pace = &answer->pace;
	uint64_t end = pace->repeat;

	if (answer->body_length == 0)
		return 0;
	end = end > HTTPD_NEVER / answer->body_length ? HTTPD_NEVER : end * answer->body_length;
	end = pace->cut < end ? pace->cut : end;
	return pace->reset < end ? pace->reset : end;
}

/* The next bytes of the body, over and over if it repeats, framed if chunked. */
static void send_block(struct httpd_conn *conn, size_t most, uint64_t end)
{
	static char block[BLOCK_SIZE + 32];
	const struct httpd_answer *answer = &conn->answer;
	size_t n = 0, head = 0, take, offset;

	if (most > end - conn->body_done)
		most = (size_t)(end - conn->body_done);
	if (answer->pace.chunked)
		head = (size_t)snprintf(block, 16, "%zx\r\n", most);
	while (n < most) {
		offset = (size_t)((conn->body_done + n) % answer->body_length);
		take = answer->body_length - offset;
		take = take < most - n ? take : most - n;
		memcpy(block + head + n, answer->body + offset, take);
		n += take;
	}
	conn->body_done += n;
	if (answer->pace.chunked) {
		memcpy(block + head + n, "\r\n", 2);
		n += 2;
	}
	send_bytes(conn, block, head + n);
}

static void end_conn(struct httpd_conn *conn)
{
	if (conn->tls != NULL)
		httpd_tls_close(conn->tls);
	conn->ending = true;
	if (conn->unsent == 0)
		close_conn(conn, false);
}

static void finish(struct httpd_conn *conn)
{
	const struct httpd_pace pace = conn->answer.pace;

	if (pace.hang)
		return;
	if (pace.reset != HTTPD_NEVER) {
		close_conn(conn, true);
		return;
	}
	if (pace.chunked && !pace.unended && pace.cut == HTTPD_NEVER)
		send_bytes(conn, "0\r\n\r\n", 5);
	if (pace.close || pace.unended || pace.cut != HTTPD_NEVER) {
		end_conn(conn);
		return;
	}
	httpd_answer_release(&conn->answer);
	conn->answering = false;
}

static bool is_shut_out(const struct httpd_conn *conn)
{
	char *path;
	bool open;

	if (!conn->answer.pace.gated || conn->head_done > 0)
		return false;
	path = mem_printf("%s/gate", conn->listener->httpd->root);
	open = access(path, F_OK) == 0;
	free(path);
	return !open;
}

/* One step of the answer; false if it has to wait, or is over. */
static bool send_some(struct httpd_conn *conn)
{
	struct httpd_answer *answer = &conn->answer;
	const struct httpd_pace *pace = &answer->pace;
	uint64_t end = body_end(answer);
	int64_t wait;
	size_t most;

	if (is_shut_out(conn)) {
		wait_ms(conn, GATE_LOOK_MS);
		return false;
	}
	if (conn->head_done < answer->head.length) {
		most = allowance(pace->head_rate, &wait);
		if (most > answer->head.length - conn->head_done)
			most = answer->head.length - conn->head_done;
		send_bytes(conn, answer->head.data + conn->head_done, most);
		conn->head_done += most;
	} else if (conn->body_done < end) {
		most = allowance(pace->body_rate, &wait);
		send_block(conn, most, end);
	} else {
		finish(conn);
		return false;
	}
	if (wait > 0)
		wait_ms(conn, wait);
	return wait == 0 && conn->unsent < UNSENT_MAX;
}

/* Small and unpaced answers, which are nearly all, go out in one write. */
static void join_small(struct httpd_conn *conn)
{
	struct httpd_answer *answer = &conn->answer;
	const struct httpd_pace *pace = &answer->pace;

	if (pace->head_rate != 0 || pace->body_rate != 0 || pace->chunked || pace->repeat != 1 ||
		answer->body_length > BLOCK_SIZE / 2 || pace->cut != HTTPD_NEVER ||
		pace->reset != HTTPD_NEVER)
		return;
	if (buf_add(&answer->head, answer->body, answer->body_length) == 0)
		answer->body_length = 0;
}

static void pump(struct httpd_conn *conn)
{
	while (!uv_is_closing((uv_handle_t *)&conn->tcp) && send_some(conn))
		;
	if (!conn->answering && !conn->ending)
		advance(conn);
}

static void answer(struct httpd_conn *conn, const struct httpd_request *request)
{
	struct httpd *httpd = conn->listener->httpd;
	struct httpd_route *route;

	httpd_script_refresh(&httpd->script);
	route = httpd_script_match(&httpd->script, request->host, request->path);
	httpd_answer_make(httpd, request, route, &conn->answer);
	httpd_log_request(httpd, conn->listener, conn->number, ++conn->requests, request,
		&conn->socks, conn->tls != NULL, conn->answer.status);
	if (conn->answer.pace.send_buffer > 0)
		uv_send_buffer_size((uv_handle_t *)&conn->tcp, &conn->answer.pace.send_buffer);
	join_small(conn);
	conn->answering = true;
	conn->head_done = 0;
	conn->body_done = 0;
	if (!conn->answer.pace.silent && conn->answer.pace.delay_ms > 0)
		wait_ms(conn, conn->answer.pace.delay_ms);
}

/* A tunnel asked of an HTTP proxy: it leads back here. */
static void answer_connect(struct httpd_conn *conn, const struct httpd_request *request)
{
	static const char reply[] = "HTTP/1.1 200 Connected\r\n\r\n";

	httpd_log_request(conn->listener->httpd, conn->listener, conn->number, ++conn->requests,
		request, &conn->socks, conn->tls != NULL, 200);
	send_bytes(conn, reply, sizeof(reply) - 1);
	conn->fresh = true;
}

/* 1 if something was done and more may follow, 0 if bytes are missing. */
static int take_request(struct httpd_conn *conn)
{
	struct httpd_request request;
	size_t used;
	int got = httpd_request_parse(conn->in.data, conn->in.length, &request, &used);

	if (got < 0)
		close_conn(conn, false);
	if (got <= 0)
		return 0;
	if (strcmp(request.method, "CONNECT") == 0)
		answer_connect(conn, &request);
	else
		answer(conn, &request);
	httpd_request_release(&request);
	buf_consume(&conn->in, used);
	return 1;
}

static int take_socks(struct httpd_conn *conn)
{
	struct buf reply;
	size_t used;
	int done;

	buf_init(&reply, 64);
	done = httpd_socks_step(
		&conn->socks, (const unsigned char *)conn->in.data, conn->in.length, &used, &reply);
	send_bytes(conn, reply.data, reply.length);
	buf_release(&reply);
	buf_consume(&conn->in, used);
	if (done < 0)
		close_conn(conn, false);
	if (done == 1) {
		conn->in_socks = false;
		conn->fresh = true;
	}
	return used > 0 && done >= 0;
}

static int start_tls(struct httpd_conn *conn)
{
	struct buf sealed;
	int result;

	buf_init(&sealed, 0);
	buf_move(&sealed, &conn->in);
	conn->tls = httpd_tls_new(conn->listener->httpd->tls, conn);
	result = httpd_tls_receive(conn->tls, sealed.data, sealed.length, &conn->in);
	buf_release(&sealed);
	if (result < 0)
		close_conn(conn, false);
	return result == 0;
}

/* Plain words to a TLS greeting, as web servers have them. */
static void refuse_tls(struct httpd_conn *conn)
{
	static const char reply[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

	send_bytes(conn, reply, sizeof(reply) - 1);
	end_conn(conn);
}

static void advance(struct httpd_conn *conn)
{
	int more = 1;

	while (more && !conn->answering && !conn->ending && conn->in.length > 0 &&
		!uv_is_closing((uv_handle_t *)&conn->tcp)) {
		unsigned char first = (unsigned char)conn->in.data[0];

		if (conn->in_socks || (conn->fresh && (first == 4 || first == 5))) {
			conn->in_socks = true;
			conn->fresh = false;
			more = take_socks(conn);
		} else if (conn->fresh && first == 0x16 && conn->tls == NULL &&
			   conn->listener->httpd->tls != NULL) {
			more = start_tls(conn);
		} else if (conn->fresh && first == 0x16) {
			refuse_tls(conn);
			more = 0;
		} else {
			conn->fresh = false;
			more = take_request(conn);
			if (conn->answering && !conn->answer.pace.silent &&
				!uv_is_active((uv_handle_t *)&conn->timer)) {
				while (!uv_is_closing((uv_handle_t *)&conn->tcp) && send_some(conn))
					;
			}
		}
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	static char block[BLOCK_SIZE];

	(void)handle;
	(void)suggested;
	*buf = uv_buf_init(block, sizeof(block));
}

/* Its alert says why: to close while something is unread would be a reset, which may
 * overtake it.  The client hangs up then. */
static void leave_tls(struct httpd_conn *conn)
{
	conn->deaf = true;
	if (uv_shutdown(&conn->shutdown, (uv_stream_t *)&conn->tcp, NULL) < 0)
		close_conn(conn, false);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buf)
{
	struct httpd_conn *conn = stream->data;
	int full;

	if (length == 0)
		return;
	if (length < 0) {
		close_conn(conn, false);
		return;
	}
	if (conn->deaf)
		return;
	if (conn->tls != NULL)
		full = httpd_tls_receive(conn->tls, buf->base, (size_t)length, &conn->in);
	else
		full = buf_add(&conn->in, buf->base, (size_t)length);
	if (full < 0 && conn->tls != NULL)
		leave_tls(conn);
	else if (full < 0)
		close_conn(conn, false);
	else
		advance(conn);
}

void httpd_conn_accept(struct httpd_listener *listener)
{
	struct httpd_conn *conn = MEM_NEW(struct httpd_conn);

	conn->listener = listener;
	conn->number = ++listener->httpd->connections;
	conn->fresh = true;
	conn->handles = 2;
	buf_init(&conn->in, 4u << 20);
	uv_tcp_init(listener->httpd->loop, &conn->tcp);
	uv_timer_init(listener->httpd->loop, &conn->timer);
	conn->tcp.data = conn->timer.data = conn;
	if (uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&conn->tcp) < 0) {
		close_conn(conn, false);
		return;
	}
	uv_tcp_nodelay(&conn->tcp, 1);
	httpd_log_event(listener->httpd, listener, conn->number, "connect", 0);
	uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
}
