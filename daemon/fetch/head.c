#include "daemon/fetch/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void head_init(struct head *head, size_t max)
{
	*head = (struct head){ 0 };
	buf_init(&head->text, 0);
	buf_init(&head->line, 0);
	head_limit(head, max);
	head_clear(head);
}

void head_limit(struct head *head, size_t max)
{
	head->total = 0;
	head->max = head->line.max = max;
	head->text.max = max + HEAD_FIELDS;
}

void head_release(struct head *head)
{
	buf_release(&head->text);
	buf_release(&head->line);
}

void head_clear(struct head *head)
{
	struct buf text = head->text, line = head->line;
	size_t total = head->total, max = head->max;

	*head = (struct head){ .total = total, .max = max, .text = text, .line = line };
	head->codings_known = true;
	head->content_length = -1;
	buf_clear(&head->text);
	buf_clear(&head->line);
}

const char *head_text(const struct head *head, enum head_field field)
{
	return head->has[field] ? head->text.data + head->at[field] : "";
}

static int keep(struct head *head, enum head_field field, const char *value, size_t length)
{
	if (buf_add(&head->text, value, length) < 0 || buf_add_byte(&head->text, '\0') < 0)
		return -1;
	head->has[field] = true;
	head->at[field] = head->text.length - length - 1;
	head->length[field] = length;
	return 0;
}

static int on_location(struct head *head, const char *value, size_t length)
{
	/* The first counts: a second one is an injection more often than a correction. */
	return head->has[HEAD_LOCATION] ? 0 : keep(head, HEAD_LOCATION, value, length);
}

static int on_content_type(struct head *head, const char *value, size_t length)
{
	return keep(head, HEAD_CONTENT_TYPE, value, length);
}

static int on_content_location(struct head *head, const char *value, size_t length)
{
	return keep(head, HEAD_CONTENT_LOCATION, value, length);
}

static int on_etag(struct head *head, const char *value, size_t length)
{
	head->has[HEAD_ETAG] = false;
	return header_is_validator(value, length) ? keep(head, HEAD_ETAG, value, length) : 0;
}

static int on_last_modified(struct head *head, const char *value, size_t length)
{
	head->has[HEAD_LAST_MODIFIED] = false;
	return header_is_validator(value, length) ? keep(head, HEAD_LAST_MODIFIED, value, length)
						  : 0;
}

static int on_retry_after(struct head *head, const char *value, size_t length)
{
	return keep(head, HEAD_RETRY_AFTER, value, length);
}

static int on_reset(struct head *head, const char *value, size_t length)
{
	return keep(head, HEAD_RESET, value, length);
}

static int on_remaining(struct head *head, const char *value, size_t length)
{
	int64_t remaining;

	head->exhausted = header_seconds(value, length, &remaining) && remaining == 0;
	return 0;
}

static int on_cache_control(struct head *head, const char *value, size_t length)
{
	header_cache_control(value, length, &head->freshness);
	return 0;
}

static int on_expires(struct head *head, const char *value, size_t length)
{
	header_expires(value, length, &head->freshness);
	return 0;
}

static int on_date(struct head *head, const char *value, size_t length)
{
	header_date_field(value, length, &head->freshness);
	return 0;
}

static int on_age(struct head *head, const char *value, size_t length)
{
	header_age(value, length, &head->freshness);
	return 0;
}

static int on_content_encoding(struct head *head, const char *value, size_t length)
{
	head->codings += header_codings(value, length, &head->coding, &head->codings_known);
	return 0;
}

/* We never ask for a coding of the transfer, so that "chunked" is the only one. */
static int on_transfer_encoding(struct head *head, const char *value, size_t length)
{
	if (length != 7 || strncasecmp(value, "chunked", 7) != 0)
		head->codings_known = false;
	head->framed = true;
	return 0;
}

static int on_content_length(struct head *head, const char *value, size_t length)
{
	int64_t size;

	if (header_seconds(value, length, &size)) {
		head->content_length = size;
		head->framed = true;
	}
	return 0;
}

/* What stands between us and the site and wants a browser. */
static int on_challenge(struct head *head, const char *value, size_t length)
{
	if (length >= 9 && strncasecmp(value, "challenge", 9) == 0)
		head->challenge = true;
	if (length >= 7 && strncasecmp(value, "captcha", 7) == 0)
		head->challenge = true;
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct head *head, const char *value, size_t length);
} fields[] = {
	{ "age", on_age },
	{ "cache-control", on_cache_control },
	{ "cf-mitigated", on_challenge },
	{ "content-encoding", on_content_encoding },
	{ "content-length", on_content_length },
	{ "content-location", on_content_location },
	{ "content-type", on_content_type },
	{ "date", on_date },
	{ "etag", on_etag },
	{ "expires", on_expires },
	{ "last-modified", on_last_modified },
	{ "location", on_location },
	{ "ratelimit-remaining", on_remaining },
	{ "ratelimit-reset", on_reset },
	{ "retry-after", on_retry_after },
	{ "transfer-encoding", on_transfer_encoding },
	{ "x-amzn-waf-action", on_challenge },
	{ "x-ratelimit-remaining", on_remaining },
	{ "x-ratelimit-reset", on_reset },
};

static int take_field(struct head *head, const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length), *value;
	size_t name, i;

	if (colon == NULL)
		return 0;
	name = (size_t)(colon - line);
	value = colon + 1;
	length -= name + 1;
	while (length > 0 && (*value == ' ' || *value == '\t')) {
		value++;
		length--;
	}
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strlen(fields[i].name) == name && strncasecmp(fields[i].name, line, name) == 0)
			return fields[i].take(head, value, length);
	}
	return 0;
}

/* "HTTP/1.1 200 OK" -> 200; 0 if it is no status line. */
static unsigned status_of(const char *line, size_t length)
{
	const char *blank = memchr(line, ' ', length);
	unsigned status = 0, digits = 0;

	if (length < 8 || strncasecmp(line, "HTTP/", 5) != 0 || blank == NULL)
		return 0;
	for (blank++; blank < line + length && digits < 3; blank++, digits++) {
		if (*blank < '0' || *blank > '9')
			break;
		status = status * 10 + (unsigned)(*blank - '0');
	}
	return status;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The field that has come, now that it can't go on. */
static int end_field(struct head *head)
{
	int result = head->line.length > 0 ? take_field(head, head->line.data, head->line.length)
					   : 0;

	buf_clear(&head->line);
	return result;
}

/* A line that goes on with the field before it, which a blank tells. */
static int go_on(struct head *head, const char *line, size_t length)
{
	while (length > 0 && is_blank(line[0])) {
		line++;
		length--;
	}
	if (head->line.length == 0 || length == 0)
		return 0;
	return buf_add_byte(&head->line, ' ') < 0 ? -1 : buf_add(&head->line, line, length);
}

static int take_line(struct head *head, const char *line, size_t length)
{
	unsigned status;

	if (is_blank(line[0]))
		return go_on(head, line, length);
	if (end_field(head) < 0)
		return -1;
	status = status_of(line, length);
	if (status == 0)
		return buf_add(&head->line, line, length);
	head_clear(head); /* what an interim answer said is its own */
	head->status = status;
	head->framed = length > 5 && line[5] >= '2'; /* frames of its own */
	return 0;
}

int head_line(struct head *head, const char *line, size_t length, struct err *err)
{
	int result;

	head->total += length;
	if (head->total > head->max)
		return err_set(err, ERR_TOO_BIG, "more than %zu bytes of header", head->max);
	if (head->whole)
		return 0; /* a trailer */
	while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
		length--;
	if (length == 0) {
		result = end_field(head);
		head->whole = head->status >= 200;
	} else {
		size_t end = length;

		while (end > 1 && is_blank(line[end - 1]))
			end--;
		result = take_line(head, line, end);
	}
	return result < 0 ? err_set(err, ERR_TOO_BIG, "more than %zu bytes of header", head->max)
			  : 0;
}
