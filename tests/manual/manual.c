/*
 * Prints what the manual says from the tables in the code:
 *
 *	manual settings		the list of feedd.conf(5), in mdoc
 *	manual sample		conf/feedd.conf
 *	manual commands		the list of feedctl(1), in mdoc
 *	manual fields		the keys of rows, in mdoc
 *	manual events		the words of the log, in mdoc
 *	manual attributes	the list of feedd-query(7), in mdoc
 *
 * check.sh holds the pages against it.
 */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/object.h"
#include "daemon/conf.h"
#include "daemon/store/where.h"

/* A line of mdoc must not begin with a control character of roff's, and a
 * backslash is one everywhere. */
static void put_text(const char *text)
{
	const char *c;

	if (text[0] == '.' || text[0] == '\'')
		fputs("\\&", stdout);
	for (c = text; *c != '\0'; c++) {
		if (*c == '\\')
			fputs("\\e", stdout);
		else
			putchar(*c);
	}
}

static void put_sentence(const char *text)
{
	size_t length = strlen(text);

	if (length > 0 && text[0] >= 'a' && text[0] <= 'z') {
		putchar(text[0] - 'a' + 'A');
		text++;
	}
	put_text(text);
	puts(".");
}

/* What may stand there, of what is a number. */
static void put_range(const struct conf_row *row)
{
	struct conf_limit least, most;

	if (!conf_limits(row, &least, &most))
		return;
	printf(".Pq %s to %s", least.text, most.text);
	if (row->type == CONF_SPAN)
		fputs("; two of them, or one for both", stdout);
	else if (row->type == CONF_AGE)
		fputs(", or forever", stdout);
	putchar('\n');
}

static void print_settings(void)
{
	const char *section = "";
	size_t i;

	for (i = 0; i < conf_count; i++) {
		const struct conf_row *row = &conf_table[i];

		if (strcmp(row->section, section) != 0) {
			if (section[0] != '\0')
				puts(".El");
			printf(".Ss [%s]\n.Bl -tag -width Ds\n", row->section);
			section = row->section;
		}
		printf(".It Cm %s Pq Li %s\n", row->key,
			row->preset[0] != '\0' ? row->preset : "none");
		put_sentence(row->help);
		put_range(row);
	}
	puts(".El");
}

static void print_param(const struct param *param)
{
	switch (param->kind) {
	case PARAM_FLAG:
		printf(".Op Fl -%s\n", param->name);
		break;
	case PARAM_OPTION:
		printf(".Op Fl -%s Ar %s\n", param->name, param->meta);
		break;
	case PARAM_LIST:
		printf(".Op Fl -%s Ar %s ...\n", param->name, param->meta);
		break;
	case PARAM_REST:
		printf(".Op Fl -%s Ar %s ...\n", param->name, param->meta);
		break;
	case PARAM_OPTIONAL:
		printf(".Op Ar %s\n", param->meta);
		break;
	case PARAM_ANY:
		printf(".Op Ar %s ...\n", param->meta);
		break;
	case PARAM_MANY:
		printf(".Ar %s ...\n", param->meta);
		break;
	case PARAM_REQUIRED:
		printf(".Ar %s\n", param->meta);
		break;
	}
}

/* Filters and what feedctl adds to calls have sections of their own. */
static bool told_elsewhere(const struct param *param)
{
	static const char *const filters[] = { "feed", "tag", "unread", "read", "all", "starred",
		"unstarred", "changed", "since", "until", "added-since", "match", "where", "limit",
		"sort" };
	size_t i;

	if (param->kind != PARAM_FLAG && param->kind != PARAM_OPTION && param->kind != PARAM_LIST)
		return false;
	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (strcmp(param->name, filters[i]) == 0)
			return true;
	return false;
}

static bool takes_filters(const struct command *command)
{
	return command_param(command, "where") != NULL;
}

static void print_command(const struct command *command)
{
	bool listed = false;
	size_t i;

	printf(".It Xo\n.Ic %s\n", command->name);
	for (i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->scope != SCOPE_CALL &&
			!(takes_filters(command) && told_elsewhere(param)))
			print_param(param);
	}
	if (takes_filters(command))
		puts(".Op Ar filters");
	puts(".Xc");
	put_sentence(command->help);
	for (i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->scope == SCOPE_CALL || param->kind < PARAM_REST ||
			(takes_filters(command) && told_elsewhere(param)))
			continue;
		if (!listed)
			puts(".Bl -tag -width Ds -compact");
		listed = true;
		if (param->kind == PARAM_FLAG)
			printf(".It Fl -%s\n", param->name);
		else
			printf(".It %sFl -%s Ar %s\n",
				strcmp(param->name, "limit") == 0 ? "Fl n , " : "", param->name,
				param->meta);
		put_sentence(param->help);
	}
	if (listed)
		puts(".El");
}

static void print_commands(void)
{
	size_t i;

	puts(".Bl -tag -width Ds");
	for (i = 0; i < COMMANDS; i++)
		print_command(&command_table[i]);
	puts(".El");
}

/* What prints rows of that object; other replies are numbers that say what they are. */
static bool prints(const struct command *command, const struct object *object)
{
	bool rows = command->reply == REPLY_FEEDS || command->reply == REPLY_ITEMS ||
		    command->reply == REPLY_ROWS;

	return object_find(command->object) == object &&
	       (rows || command == &command_table[CMD_STATUS] ||
		       command == &command_table[CMD_EXPLAIN]);
}

static bool print_printers(const struct object *object)
{
	bool any = false;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!prints(&command_table[i], object))
			continue;
		printf("%s%s", any ? " , " : ".It Cm ", command_table[i].name);
		any = true;
	}
	if (any)
		putchar('\n');
	return any;
}

static void print_names(const struct object *object, enum field_when when, const char *words)
{
	size_t count;
	const struct field *fields = object_fields(object, &count);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (fields[i].when != when)
			continue;
		if (!any && words[0] != '\0')
			puts(words);
		printf("%s%s", any ? " " : ".Li ", fields[i].name);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_fields(void)
{
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < OBJECTS; i++) {
		const struct object *object = &object_table[i];

		if (!print_printers(object))
			continue;
		if (i == OBJECT_EXPLAIN)
			puts("What feeds have, and");
		print_names(object, FIELD_ALWAYS, "");
		print_names(object, FIELD_ASKED, "and, where it is asked for,");
	}
	puts(".El");
}

static void print_events(void)
{
	static const struct {
		const char *word, *help;
	} events[] = {
#define EVENT(id, word, help) { word, help },
#include "daemon/event.def"
#undef EVENT
	};

	puts(".Bl -tag -width Ds -compact");
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		printf(".It Cm %s\n", events[i].word);
		put_sentence(events[i].help);
	}
	puts(".El");
}

static const char *type_name(enum where_type type)
{
	static const char *const names[] = { [WHERE_TEXT] = "text",
		[WHERE_NUMBER] = "number",
		[WHERE_AGE] = "age",
		[WHERE_DATE] = "date",
		[WHERE_FLAG] = "flag",
		[WHERE_WORDS] = "words" };

	return names[type];
}

static void print_attributes(void)
{
	size_t i;

	puts(".Bl -tag -width Ds");
	for (i = 0; i < where_attribute_count; i++) {
		printf(".It Cm %s Pq %s\n", where_attributes[i].name,
			type_name(where_attributes[i].type));
		put_sentence(where_attributes[i].help);
	}
	puts(".El");
}

static int print_sample(void)
{
	struct buf out;
	int r;

	buf_init(&out, 1 << 20);
	r = conf_write_sample(&out);
	fwrite(out.data, 1, out.length, stdout);
	buf_release(&out);
	return r;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "settings") == 0)
		print_settings();
	else if (strcmp(what, "commands") == 0)
		print_commands();
	else if (strcmp(what, "fields") == 0)
		print_fields();
	else if (strcmp(what, "events") == 0)
		print_events();
	else if (strcmp(what, "attributes") == 0)
		print_attributes();
	else if (strcmp(what, "sample") == 0)
		return print_sample() < 0;
	else
		return fputs("usage: manual settings|commands|fields|events|attributes|sample\n",
			       stderr),
		       64;
	return 0;
}
