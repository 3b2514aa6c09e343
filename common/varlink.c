#include "common/varlink.h"

#include <stdbool.h>
#include <string.h>

#include "common/command.h"
#include "common/object.h"
#include "common/wire.h"

static const char service[] =
	"# Who answers, and what it can be asked; every Varlink service has this.\n"
	"interface org.varlink.service\n"
	"\n"
	"method GetInfo() -> (\n"
	"  vendor: string,\n"
	"  product: string,\n"
	"  version: string,\n"
	"  url: string,\n"
	"  interfaces: []string\n"
	")\n"
	"\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n";

static const char head[] =
	"# Feeds and their items: what feedctl does, method by method.\n"
	"# Times are RFC 3339 in UTC; where a method takes a time, it takes a cursor, too.\n"
	"# Listings come in pages under `more`; without it the first page comes, and\n"
	"# `partial` tells whether there is more.\n"
	"# Where a string means a feed or an item by its id, a number does, too.\n"
	"interface org.feedd\n";

/* A list of members in brackets, one a line. */
struct members {
	struct buf *out;
	bool any, failed;
};

static void begin(struct members *m, struct buf *out, const char *opening)
{
	m->out = out;
	m->any = false;
	m->failed = buf_add_text(out, opening) < 0;
}

static void end(struct members *m)
{
	if (buf_add_text(m->out, m->any ? "\n)" : ")") < 0)
		m->failed = true;
}

static void member(struct members *m, const char *name, const char *type, const char *help)
{
	const char *at;

	if (buf_add_text(m->out, m->any ? ",\n" : "\n") < 0)
		m->failed = true;
	m->any = true;
	if (help != NULL && help[0] != '\0' && buf_printf(m->out, "  # %s\n", help) < 0)
		m->failed = true;
	if (buf_add_text(m->out, "  ") < 0)
		m->failed = true;
	for (at = name; *at != '\0'; at++) {
		if (buf_add_byte(m->out, *at == '-' ? '_' : *at) < 0)
			m->failed = true;
	}
	if (buf_printf(m->out, ": %s", type) < 0)
		m->failed = true;
}

/* may_lack: none of them is in every reply. */
static void fields_of(struct members *m, const struct object *object, bool may_lack)
{
	size_t count, i;
	const struct field *fields = object_fields(object, &count);
	char type[40];

	for (i = 0; i < count; i++) {
		snprintf(type, sizeof(type), "%s%s",
			(may_lack || fields[i].when == FIELD_ASKED) && fields[i].type[0] != '?'
				? "?"
				: "",
			fields[i].type);
		member(m, fields[i].name, type, fields[i].help);
	}
}

static const char *type_of(const struct param *param)
{
	static const char *const names[3][3] = {
		{ "?string", "string", "?[]string" },
		{ "?int", "int", "?[]int" },
		{ "?bool", "bool", "?[]bool" },
	};
	size_t row = param->type == TYPE_COUNT ? 1 : param->type == TYPE_BOOL ? 2 : 0;

	switch (param->kind) {
	case PARAM_REQUIRED:
		return names[row][1];
	case PARAM_MANY:
		return row == 0 ? "[]string" : "[]int";
	case PARAM_ANY:
	case PARAM_REST:
	case PARAM_LIST:
		return names[row][2];
	default:
		return names[row][0];
	}
}

static void parameters_of(struct members *m, const struct command *command)
{
	size_t i;

	for (i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->scope != SCOPE_LOCAL)
			member(m, param->name, type_of(param),
				param->wire_help != NULL ? param->wire_help : param->help);
	}
}

static void rows_of(struct members *m, const char *name, const struct object *object)
{
	char type[40];

	/* Under `more` a reply may bring progress instead. */
	snprintf(type, sizeof(type), "?[]%s", object->type);
	member(m, name, type, NULL);
}

static bool comes_in_parts(const struct command *command)
{
	return command_param(command, "part") != NULL;
}

static void reply_of(struct members *m, const struct command *command)
{
	const struct object *object = object_find(command->object);

	switch (command->reply) {
	case REPLY_NONE:
		break;
	case REPLY_TEXT:
		member(m, "text", "string", "a piece");
		break;
	case REPLY_OBJECT:
		if (object == &object_table[OBJECT_EXPLAIN])
			fields_of(m, &object_table[OBJECT_FEED], false);
		fields_of(m, object, comes_in_parts(command));
		break;
	case REPLY_FEEDS:
		rows_of(m, "feeds", object);
		break;
	case REPLY_ITEMS:
		rows_of(m, "items", object);
		break;
	case REPLY_ROWS:
		rows_of(m, "rows", object);
		break;
	}
}

/* Feeds that are not known are named where the call may say so, whatever its method. */
static bool names_unknown_feeds(const struct command *command)
{
	return command_param(command, "feeds") != NULL && command_param(command, "bulk") != NULL;
}

/* What single commands answer beside their rows. */
static void extras_of(struct members *m, enum command_id id)
{
	if (names_unknown_feeds(&command_table[id]))
		member(m, "refused", "?[]string", "with `bulk`");
	switch (id) {
	case CMD_ADD:
	case CMD_IMPORT:
		member(m, "refused", "?[]Refusal", "what was not subscribed");
		member(m, "notes", "?[]string", "what is worth saying");
		member(m, "progress", "?Progress", NULL);
		break;
	case CMD_REFRESH:
		member(m, "progress", "?Progress", NULL);
		member(m, "summary", "?Summary", "in the last reply");
		break;
	case CMD_PUSH:
		member(m, "refused", "?[]string", "why the document is in only in part");
		break;
	case CMD_LIST:
		member(m, "fields", "?[]string", "with `arrays`: what stands in each");
		member(m, "arrays", "?[]object", "with `arrays`, instead of items");
		break;
	case CMD_SHOW:
		member(m, "unknown", "?[]string", "words that are no item");
		break;
	case CMD_WATCH:
		member(m, "events", "?[]Event", "with `events`");
		member(m, "cursor", "?string", "the present, whenever it is reached");
		break;
	case CMD_STATUS:
		member(m, "text", "?string", "with `metrics`: OpenMetrics");
		break;
	default:
		break;
	}
}

static bool has_pages(const struct command *command)
{
	return command->reply == REPLY_FEEDS || command->reply == REPLY_ITEMS ||
	       command->reply == REPLY_ROWS;
}

static int describe_method(const struct command *command, struct buf *out)
{
	struct members m;
	bool failed;

	if (buf_printf(out, "\n# %s\n%smethod %s", command->help,
		    comes_in_parts(command) ? "# A call with `part` is answered empty.\n" : "",
		    command->method) < 0)
		return -1;
	begin(&m, out, "(");
	parameters_of(&m, command);
	end(&m);
	failed = m.failed;
	begin(&m, out, " -> (");
	reply_of(&m, command);
	extras_of(&m, (enum command_id)(command - command_table));
	if (has_pages(command))
		member(&m, "partial", "?bool", NULL);
	end(&m);
	if (failed || m.failed)
		return -1;
	return buf_add_byte(out, '\n');
}

/* Whether it is nothing but the reply of a method, which spells it out. */
static bool is_reply(const struct object *object)
{
	bool found = false;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (object_find(command_table[i].object) != object)
			continue;
		if (command_table[i].reply != REPLY_OBJECT)
			return false; /* rows of it have a type */
		found = true;
	}
	return found;
}

/* Whether a call may name what its rows are to have. */
static bool is_chosen_from(const struct object *object)
{
	const struct param *fields;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		fields = command_param(&command_table[i], "fields");
		if (object_find(command_table[i].object) == object && fields != NULL &&
			fields->scope != SCOPE_LOCAL)
			return true;
	}
	return false;
}

static int describe_object(const struct object *object, struct buf *out)
{
	bool chosen = is_chosen_from(object);
	struct members m;

	if (buf_add_byte(out, '\n') < 0 ||
		(object->help[0] != '\0' && buf_printf(out, "# %s\n", object->help) < 0) ||
		(chosen && buf_add_text(out, "# Where `fields` named some, those alone.\n") < 0) ||
		buf_printf(out, "type %s ", object->type) < 0)
		return -1;
	begin(&m, out, "(");
	fields_of(&m, object, chosen);
	end(&m);
	return m.failed ? -1 : buf_add_byte(out, '\n');
}

static int describe(struct buf *out)
{
	size_t i;

	if (buf_add_text(out, head) < 0)
		return -1;
	for (i = 0; i < OBJECTS; i++) {
		if (!is_reply(&object_table[i]) && describe_object(&object_table[i], out) < 0)
			return -1;
	}
	for (i = 0; i < COMMANDS; i++) {
		if (command_table[i].method != NULL && describe_method(&command_table[i], out) < 0)
			return -1;
	}
	for (i = 0; i < WIRE_ERRORS; i++) {
		if (buf_printf(out,
			    "\n# %s\nerror %s (message: string, class: string, "
			    "details: ?[]string, links: ?[]Discovered)\n",
			    wire_error_help((enum wire_error)i),
			    wire_error_name((enum wire_error)i)) < 0)
			return -1;
	}
	return 0;
}

int varlink_describe(const char *interface, struct buf *out)
{
	if (strcmp(interface, WIRE_SERVICE) == 0)
		return buf_add_text(out, service) < 0 ? -1 : 1;
	if (strcmp(interface, WIRE_INTERFACE) == 0)
		return describe(out) < 0 ? -1 : 1;
	return 0;
}
