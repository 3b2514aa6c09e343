#include "ctl/reply.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/say.h"

struct telling {
	const char *end;
	int (*row)(void *ctx, const struct row *row, struct err *err);
	void (*look)(void *ctx, const struct row *row);
	void *ctx;
	struct err *err;
	bool stopped;          /* by a callback: *err is set */
	struct row row_now;    /* the row that passes */
	struct row parameters; /* of the reply, without rows */
	struct row outer;      /* continues, error */
};

static bool is_rows(const char *key, size_t length)
{
	return (length == 5 && (memcmp(key, "items", 5) == 0 || memcmp(key, "feeds", 5) == 0)) ||
	       (length == 4 && memcmp(key, "rows", 4) == 0) ||
	       (length == 6 && memcmp(key, "events", 6) == 0);
}

/* The objects of an array; *at stands on its bracket and is moved behind it. */
static bool tell_rows(struct telling *t, const char **at)
{
	const char *p = value_blank(*at + 1, t->end);

	while (p < t->end && *p != ']') {
		if (!row_read(&p, t->end, &t->row_now))
			return false;
		if (t->look != NULL)
			t->look(t->ctx, &t->row_now);
		if (t->row != NULL && t->row(t->ctx, &t->row_now, t->err) < 0) {
			t->stopped = true;
			return false;
		}
		p = value_blank(p, t->end);
		if (p < t->end && *p == ',')
			p = value_blank(p + 1, t->end);
	}
	*at = p + 1;
	return p < t->end;
}

static bool starts_rows(const struct telling *t, const char *key, size_t length, const char *value)
{
	const char *first;

	if (*value != '[' || !is_rows(key, length))
		return false;
	first = value_blank(value + 1, t->end);
	return first < t->end && (*first == '{' || *first == ']');
}

static void keep(struct row *row, const char *key, size_t key_length, struct value value)
{
	if (row->count == ROW_MEMBERS_MAX)
		return;
	row->member[row->count].key = key;
	row->member[row->count].key_length = key_length;
	row->member[row->count++].value = value;
}

/* An object, member by member: of the reply's own, `parameters` is entered; of
 * the parameters, the rows are told and all else kept. */
static bool tell_object(struct telling *t, const char **at, struct row *into)
{
	const char *p = *at;

	if (p >= t->end || *p != '{')
		return false;
	p = value_blank(p + 1, t->end);
	while (p < t->end && *p != '}') {
		const char *key = p + 1, *from;
		size_t key_length;

		if (*p != '"' || (p = value_skip(p, t->end)) == NULL)
			return false;
		key_length = (size_t)(p - 1 - key);
		p = value_blank(p, t->end);
		if (p >= t->end || *p != ':')
			return false;
		from = p = value_blank(p + 1, t->end);
		if (p >= t->end)
			return false;
		if (into == &t->outer && key_length == 10 && memcmp(key, "parameters", 10) == 0) {
			if (!tell_object(t, &p, &t->parameters))
				return false;
		} else if (into == &t->parameters && starts_rows(t, key, key_length, p)) {
			if (!tell_rows(t, &p))
				return false;
		} else {
			p = value_skip(p, t->end);
			if (p == NULL)
				return false;
			keep(into, key, key_length, (struct value){ from, (size_t)(p - from) });
		}
		p = value_blank(p, t->end);
		if (p < t->end && *p == ',')
			p = value_blank(p + 1, t->end);
	}
	into->json.at = *at;
	into->json.length = (size_t)(p + 1 - *at);
	*at = p + 1;
	return p < t->end;
}

/* Sentences behind the first: which feeds a word could mean, and the like. */
static void say_details(struct value details)
{
	struct value one;
	const char *at = NULL;

	while (value_next(details, &at, &one)) {
		char *text = value_strdup(one);

		say("%s", text);
		free(text);
	}
}

/* What a person who typed --added-since is told of added_since. */
static int bad_parameter(struct err *err, const struct row *parameters)
{
	char *name = value_strdup(row_find(parameters, "parameter"));

	for (char *p = name; *p != '\0'; p++) {
		if (*p == '_')
			*p = '-';
	}
	err_set(err, ERR_USAGE, "feedd does not take this value of %s", name);
	free(name);
	return -1;
}

static int fail(const struct row *outer, const struct row *parameters, struct err *err)
{
	char *name = value_strdup(row_find(outer, "error"));
	char *message = value_strdup(row_find(parameters, "message"));
	char *class = value_strdup(row_find(parameters, "class"));
	const char *short_name = strrchr(name, '.');
	enum err_code code = err_code_of(class);

	short_name = short_name != NULL ? short_name + 1 : name;
	if (strcmp(name, "org.feedd.Usage") == 0)
		code = ERR_USAGE;
	else if (code == ERR_USAGE || code == ERR_NO_DAEMON || code == ERR_NONE)
		code = ERR_FAILED;
	if (strcmp(name, "org.varlink.service.InvalidParameter") == 0)
		bad_parameter(err, parameters);
	else if (strcmp(name, "org.varlink.service.MethodNotFound") == 0)
		err_set(err, ERR_FAILED,
			"this feedd does not know the command; is it older than feedctl?");
	else
		err_set(err, code, "%s", message[0] != '\0' ? message : short_name);
	say_details(row_find(parameters, "details"));
	reply_say_links(row_find(parameters, "links"));
	free(name);
	free(message);
	free(class);
	return -1;
}

int reply_tell(const char *message, size_t length, const struct listener *listener, void *ctx,
	bool *out_continues, struct err *err)
{
	struct telling t;
	const char *at = message;

	t.end = message + length;
	t.row = listener->row;
	t.look = NULL;
	t.ctx = ctx;
	t.err = err;
	t.stopped = false;
	t.outer.count = t.parameters.count = 0;
	t.parameters.json = (struct value){ "{}", 2 };
	if (!tell_object(&t, &at, &t.outer)) {
		if (t.stopped)
			return -1;
		return err_set(err, ERR_SYNTAX, "feedd's answer can't be read");
	}
	*out_continues = value_is_true(row_find(&t.outer, "continues"));
	if (!value_is_null(row_find(&t.outer, "error")))
		return fail(&t.outer, &t.parameters, err);
	if (listener->reply == NULL)
		return 0;
	return listener->reply(ctx, &t.parameters, *out_continues, err);
}

void reply_look(const char *message, size_t length, void (*look)(void *ctx, const struct row *row),
	void *ctx)
{
	struct telling t;
	const char *at = message;

	t.end = message + length;
	t.row = NULL;
	t.look = look;
	t.ctx = ctx;
	t.err = NULL;
	t.stopped = false;
	t.outer.count = t.parameters.count = 0;
	/* What is wrong with it is said when it is told. */
	if (!tell_object(&t, &at, &t.outer))
		return;
}

void reply_say_links(struct value links)
{
	struct row *row = MEM_NEW(struct row);
	struct value one;
	const char *at = NULL;

	while (value_next(links, &at, &one)) {
		char *url, *title;

		row_of(one, row);
		url = value_strdup(row_find(row, "url"));
		title = value_strdup(row_find(row, "title"));
		say("  %s  %s", url, title);
		free(url);
		free(title);
	}
	free(row);
}
