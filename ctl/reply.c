#include "ctl/reply.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/say.h"

struct reply {
	struct wire_reader *reader;
	const struct listener *listener;
	void *ctx;
	struct err *err;
	bool over;
	bool failed; /* *err is set: by a callback, or it is the reply */
};

static int on_row(void *ctx, const char *list, const struct wire_row *row)
{
	struct reply *reply = ctx;

	(void)list;
	if (reply->listener->row == NULL || reply->listener->row(reply->ctx, row, reply->err) == 0)
		return 0;
	reply->failed = true;
	return -1;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues)
{
	struct reply *reply = ctx;

	reply->over = !continues;
	if (reply->listener->reply == NULL ||
		reply->listener->reply(reply->ctx, parameters, continues, reply->err) == 0)
		return 0;
	reply->failed = true;
	return -1;
}

/* Sentences behind the first: which feeds a word could mean, and the like. */
static void say_details(const struct wire_value *details)
{
	struct wire_row list = wire_row_in(details);
	const struct wire_value *one = NULL;

	while ((one = wire_row_next(&list, one)) != NULL)
		say("%s", one->text);
}

static void say_older(struct err *err, const char *why)
{
	err_set(err, ERR_FAILED,
		"the feedd that runs is older than feedctl, and is to be started anew (%s)", why);
}

/* What a person who typed --added-since is told of added_since.  `arrays` nobody types. */
static void bad_parameter(struct err *err, const struct wire_row *parameters)
{
	char *name = value_strdup(wire_row_get(parameters, "parameter"));

	if (strcmp(name, "arrays") == 0) {
		say_older(err, "List: there is no \"arrays\"");
		free(name);
		return;
	}
	for (char *p = name; *p != '\0'; p++) {
		if (*p == '_')
			*p = '-';
	}
	err_set(err, ERR_USAGE, "feedd does not take this value of %s", name);
	free(name);
}

static enum err_code code_of(const char *name, const char *class)
{
	enum err_code code = err_code_of(class);

	if (strcmp(name, "Usage") == 0)
		return ERR_USAGE;
	if (strcmp(name, "Cancelled") == 0)
		return ERR_NO_DAEMON; /* it goes away, and says so */
	/* What is ours to say is not the daemon's. */
	return code == ERR_USAGE || code == ERR_NO_DAEMON || code == ERR_NONE ? ERR_FAILED : code;
}

/* A person's names of fields were looked at before; what the daemon does not know of
 * the others came after it. */
static bool is_from_before(const char *message)
{
	static const char refusal[] = "fields: there is no ";

	return strncmp(message, refusal, strlen(refusal)) == 0;
}

static int on_error(void *ctx, const char *name, const struct wire_row *parameters)
{
	struct reply *reply = ctx;
	char *message = value_strdup(wire_row_get(parameters, "message"));
	char *class = value_strdup(wire_row_get(parameters, "class"));
	const char *dot = strrchr(name, '.');

	if (strcmp(name, WIRE_SERVICE ".InvalidParameter") == 0)
		bad_parameter(reply->err, parameters);
	else if (strcmp(name, WIRE_SERVICE ".MethodNotFound") == 0)
		err_set(reply->err, ERR_FAILED,
			"this feedd does not know the command; is it older than feedctl?");
	else if (is_from_before(message))
		say_older(reply->err, message);
	else
		err_set(reply->err, code_of(name, class), "%s",
			message[0] != '\0' ? message
			: dot != NULL      ? dot + 1
					   : name);
	say_details(wire_row_get(parameters, "details"));
	reply_say_links(wire_row_get(parameters, "links"));
	free(message);
	free(class);
	reply->over = reply->failed = true;
	return 0;
}

struct reply *reply_new(void)
{
	static const struct wire_listener listener = { on_row, on_reply, on_error };
	struct reply *reply = MEM_NEW(struct reply);

	reply->reader = wire_reader_new(&listener, reply);
	return reply;
}

void reply_free(struct reply *reply)
{
	if (reply == NULL)
		return;
	wire_reader_free(reply->reader);
	free(reply);
}

int reply_read(struct reply *reply, const char *data, size_t length,
	const struct listener *listener, void *ctx, bool *out_over, struct err *err)
{
	struct err ours;
	int result;

	reply->listener = listener;
	reply->ctx = ctx;
	reply->err = err;
	reply->over = reply->failed = false;
	result = wire_read(reply->reader, data, length, &ours);
	*out_over = reply->over;
	if (reply->failed)
		return -1;
	if (result < 0)
		return err_set(err, ERR_SYNTAX, "feedd's answer can't be read");
	return 0;
}

struct looking {
	void (*look)(void *ctx, const struct wire_row *row);
	void *ctx;
};

static int on_look(void *ctx, const char *list, const struct wire_row *row)
{
	struct looking *looking = ctx;

	(void)list;
	looking->look(looking->ctx, row);
	return 0;
}

void reply_look(const char *data, size_t length,
	void (*look)(void *ctx, const struct wire_row *row), void *ctx)
{
	static const struct wire_listener listener = { .row = on_look };
	struct looking looking = { look, ctx };
	struct wire_reader *reader = wire_reader_new(&listener, &looking);
	struct err err;

	/* What is wrong with it is said when it is told. */
	if (wire_read(reader, data, length, &err) < 0)
		err.code = ERR_NONE;
	wire_reader_free(reader);
}

void reply_say_links(const struct wire_value *links)
{
	struct wire_row list = wire_row_in(links), link;
	const struct wire_value *one = NULL;

	while ((one = wire_row_next(&list, one)) != NULL) {
		char *url, *title;

		row_of(one, &link);
		url = value_strdup(wire_row_get(&link, "url"));
		title = value_strdup(wire_row_get(&link, "title"));
		say("  %s  %s", url, title);
		free(url);
		free(title);
	}
}
