#include "daemon/refresh_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/digest.h"
#include "daemon/fetch/address.h"

static const struct fetch_hop *copy_hops(struct arena *arena, const struct fetch_result *result)
{
	struct fetch_hop *hops = arena_take(arena, result->hop_count * sizeof(*hops));

	for (size_t i = 0; i < result->hop_count; i++) {
		hops[i].status = result->hops[i].status;
		hops[i].url = arena_strdup(arena, result->hops[i].url);
	}
	return hops;
}

void answer_take(struct answer *answer, const struct fetch_result *result)
{
	struct arena arena = { 0 };
	struct address address;

	*answer = (struct answer){ .status = result->status,
		.hop_count = result->hop_count,
		.hops = copy_hops(&arena, result),
		.url = arena_strdup(&arena, result->url),
		.content_type = arena_strdup(&arena, result->content_type),
		.content_location = arena_strdup(&arena, result->content_location),
		.cut = result->cut,
		.open_ended = result->open_ended,
		.etag = arena_dup(&arena, result->etag, result->etag_length),
		.etag_length = result->etag_length,
		.last_modified = arena_dup(
			&arena, result->last_modified, result->last_modified_length),
		.last_modified_length = result->last_modified_length,
		.cache = result->cache,
		.retry_after_s = result->retry_after_s,
		.wire_bytes = result->wire_bytes,
		.elapsed_ms = result->elapsed_ms };
	answer->memory = arena;
	answer->private_address = address_of_text(result->address, &address) &&
				  address_is_private(&address);
	if (result->body != NULL)
		buf_move(&answer->body, result->body);
	else
		buf_init(&answer->body, 0);
	buf_trim(&answer->body); /* it may wait long for a parser */
}

void answer_fail(struct answer *answer, const struct err *err)
{
	size_t length = utf8_cut(err->text, strnlen(err->text, sizeof(answer->text) - 1));

	answer->error = err->code;
	memcpy(answer->text, err->text, length);
	answer->text[length] = '\0';
}

void answer_judge_whole(struct answer *answer, const struct feed_doc *doc)
{
	struct err partial;

	if ((doc->flags & FEED_COMPLETE) != 0)
		return;
	err_set(&partial, ERR_PARTIAL,
		"the document ends early; what was whole before that is kept");
	answer_fail(answer, &partial);
}

void answer_release(struct answer *answer)
{
	arena_free(&answer->memory);
	if (answer->body.data != NULL)
		buf_release(&answer->body);
	*answer = (struct answer){ 0 };
}

/* The type says in which encoding the body is, Content-Location where its links lead from:
 * under another, the same bytes are another document. */
void answer_digest(struct answer *answer)
{
	const char *type = answer->content_type != NULL ? answer->content_type : "";
	const char *place = answer->content_location != NULL ? answer->content_location : "";
	char *read_by = mem_printf("%s%s%s", type, place[0] != '\0' ? "\n" : "", place);
	struct feed_digest body = digest_bytes(answer->body.data, answer->body.length);
	struct feed_digest header = digest_bytes(read_by, strlen(read_by));

	free(read_by);
	answer->digest[0] = body.low ^ header.low;
	answer->digest[1] = body.high ^ header.high;
}

void answer_quote(unsigned status, const struct buf *body, struct err *err)
{
	size_t begin = 0, have, length = body->length > 500 ? 500 : body->length;
	struct buf text;

	while (begin < length && strchr(" \t\r\n", body->data[begin]) != NULL)
		begin++;
	length = utf8_cut(body->data + begin, length - begin);
	buf_init(&text, sizeof(err->text) - 1);
	/* An error of the status has named it already. */
	if (buf_add_text(&text, err->text) == 0 &&
		(err->code == answer_status_error(status) ||
			buf_printf(&text, " (status %u)", status) == 0)) {
		have = text.length;
		if (length > 0 && buf_add_text(&text, ": ") < 0)
			length = 0;
		while (length > 0 && utf8_add_line(&text, body->data + begin, length) < 0)
			length = utf8_cut(body->data + begin, length - 1);
		while (text.length > have && text.data[text.length - 1] == ' ')
			buf_cut(&text, text.length - 1);
		if (text.length == have + 1) /* nothing but our colon */
			buf_cut(&text, have);
		err_set(err, err->code, "%.*s", (int)text.length, text.data);
	}
	buf_release(&text);
}

void answer_status_text(unsigned status, char *out, size_t size)
{
	static const struct {
		unsigned status;
		const char *words;
	} known[] = { { 204, "No Content" }, { 300, "Multiple Choices" }, { 301, "Moved" },
		{ 302, "Found" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 402, "Payment Required" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" }, { 410, "Gone" }, { 418, "I'm a teapot" },
		{ 425, "Too Early" }, { 429, "Too Many Requests" },
		{ 451, "Unavailable For Legal Reasons" }, { 500, "Internal Server Error" },
		{ 501, "Not Implemented" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status) {
			snprintf(out, size, "the server answers %u %s", status, known[i].words);
			return;
		}
	snprintf(out, size, "the server answers %u", status);
}

enum err_code answer_status_error(unsigned status)
{
	switch (status) {
	case 204:
		return ERR_EMPTY;
	case 410:
		return ERR_GONE;
	default:
		return ERR_HTTP;
	}
}
