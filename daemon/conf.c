#include "daemon/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"

#define YEAR_S (366.0 * 86400)
#define LINE_BYTES_MAX 198 /* inih's line less its end */

const struct conf_row conf_table[] = {
#define SETTING(section, key, type, field, least, most, preset, help)                              \
	{ section, key, CONF_##type, offsetof(struct conf, field), least, most, preset, help },
#include "daemon/conf.def"
#undef SETTING
};

const size_t conf_count = sizeof(conf_table) / sizeof(conf_table[0]);

/* A file being read: inih asks for lines and tells of pairs. */
struct reading {
	struct conf *conf;
	FILE *file;
	const char *path;
	unsigned line;
	bool failed; /* the first error is in *err */
	struct err *err;
	/* Lists that this file has begun: their defaults are gone. */
	bool begun[sizeof(conf_table) / sizeof(conf_table[0])];
};

static void *field_of(struct conf *conf, const struct conf_row *row)
{
	return (char *)conf + row->offset;
}

static void fail(struct reading *reading)
{
	if (!reading->failed)
		err_prefix(reading->err, "%s:%u", reading->path, reading->line);
	reading->failed = true;
}

static bool has_section(const char *name, size_t length)
{
	for (size_t i = 0; i < conf_count; i++)
		if (strlen(conf_table[i].section) == length &&
			strncmp(conf_table[i].section, name, length) == 0)
			return true;
	return false;
}

/* inih tells of no section in which nothing stands, and nothing of a key tells
 * where its section began: both are said at the head.  Indented it is the end
 * of a list: "[::1]/128". */
static int check_head(const char *line, struct err *err)
{
	const char *end = line[0] == '[' ? strchr(line, ']') : NULL;
	size_t length = end != NULL ? (size_t)(end - line) - 1 : 0;

	if (end == NULL)
		return 0; /* inih complains */
	if (has_section(line + 1, length)) {
		/* What stands behind it inih would not see. */
		end += 1 + strspn(end + 1, " \t\r\n");
		return *end == '\0' || *end == ';' || *end == '#'
			       ? 0
			       : err_set(err, ERR_USAGE, "behind [%.*s] stands something",
					 (int)length, line + 1);
	}
	return err_set(err, ERR_USAGE, "there is no section [%.*s]", (int)length, line + 1);
}

/* With its end.  1, or 0 at the end of the file. */
static int take_line(FILE *file, char *line, size_t size, struct err *err)
{
	size_t length = 0;
	int c;

	while ((c = getc(file)) != EOF && c != '\n') {
		if (c == '\0')
			return err_set(err, ERR_USAGE, "a NUL byte; this is no text");
		if (length == LINE_BYTES_MAX || length + 2 == size)
			return err_set(
				err, ERR_USAGE, "a line has at most %d bytes", LINE_BYTES_MAX);
		line[length++] = (char)c;
	}
	if (c == EOF && length == 0)
		return 0;
	line[length++] = '\n';
	line[length] = '\0';
	return 1;
}

/* inih would cut a longer line in two and read both halves, and stop at a NUL;
 * here that is an error, and nothing behind it is read. */
static char *read_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	int taken;

	if (reading->failed)
		return NULL;
	taken = take_line(reading->file, line, (size_t)size, reading->err);
	if (taken == 0)
		return NULL;
	if (reading->line++ == 0 && taken > 0 && strncmp(line, "\xEF\xBB\xBF", 3) == 0)
		memmove(line, line + 3, strlen(line + 3) + 1); /* some editors' mark */
	if (taken > 0 && check_head(line, reading->err) == 0)
		return line;
	fail(reading);
	return NULL;
}

static const struct conf_row *find_row(const char *section, const char *key)
{
	for (size_t i = 0; i < conf_count; i++)
		if (strcmp(conf_table[i].section, section) == 0 &&
			strcmp(conf_table[i].key, key) == 0)
			return &conf_table[i];
	return NULL;
}

static int on_pair(void *ctx, const char *section, const char *key, const char *value)
{
	struct reading *reading = ctx;
	const struct conf_row *row = find_row(section, key);
	struct err *err = reading->err;
	size_t i;

	if (reading->failed)
		return 0; /* the first error is the one that is told */
	if (row == NULL) {
		if (section[0] == '\0')
			err_set(err, ERR_USAGE, "\"%s\" stands in no [section]", key);
		else
			err_set(err, ERR_USAGE, "there is no setting \"%s\" in [%s]", key, section);
		fail(reading);
		return 0;
	}
	i = (size_t)(row - conf_table);
	if (conf_set(reading->conf, row, value, reading->begun[i], err) < 0) {
		fail(reading);
		return 0;
	}
	reading->begun[i] = true;
	return 1;
}

/* A pipe can be read once only, and may keep the loop waiting when it is read again. */
static FILE *open_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	struct stat status;

	if (file == NULL || fstat(fd, &status) < 0)
		err_set_errno(err, ERR_USAGE, errno, "%s", path);
	else if (S_ISFIFO(status.st_mode))
		err_set(err, ERR_USAGE, "%s is a pipe; settings are read from a file", path);
	else
		return file;
	if (file != NULL)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	return NULL;
}

static int read_file(struct conf *conf, const char *path, struct err *err)
{
	struct reading reading = { .conf = conf, .path = path, .err = err };
	int bad_line;

	reading.file = open_file(path, err);
	if (reading.file == NULL)
		return -1;
	bad_line = ini_parse_stream(read_line, &reading, on_pair, &reading);
	if (!reading.failed && ferror(reading.file)) {
		err_set_errno(err, ERR_USAGE, errno, "%s", path);
		reading.failed = true;
	} else if (bad_line != 0 && (!reading.failed || (unsigned)bad_line < reading.line)) {
		/* inih goes on behind it, and what it finds there may be but the echo */
		err_set(err, ERR_USAGE, "%s:%d: neither [section] nor key = value", path, bad_line);
		reading.failed = true;
	}
	fclose(reading.file);
	return reading.failed ? -1 : 0;
}

bool conf_is_override(const char *text)
{
	const char *dot = strchr(text, '.');
	const char *equals = strchr(text, '=');

	return dot != NULL && equals != NULL && dot < equals;
}

static int override(struct conf *conf, const char *text, struct err *err)
{
	const char *dot = strchr(text, '.');
	const char *equals = strchr(text, '=');
	const struct conf_row *row;
	char *section, *key;

	if (!conf_is_override(text))
		return err_set(err, ERR_USAGE, "--set %.*s: not section.key=value",
			(int)strcspn(text, "="), text);
	section = mem_strndup(text, (size_t)(dot - text));
	key = mem_strndup(dot + 1, (size_t)(equals - dot) - 1);
	row = find_row(section, key);
	free(section);
	free(key);
	if (row == NULL)
		return err_set(err, ERR_USAGE, "--set %.*s: there is no such setting",
			(int)(equals - text), text);
	if (conf_set(conf, row, equals + 1, false, err) < 0)
		return err_prefix(err, "--set");
	return 0;
}

/* What no single setting can see. */
static int check_together(const struct conf *conf, struct err *err)
{
	if (conf->fetch_memory_max < conf->fetch_body_max)
		return err_set(err, ERR_USAGE,
			"[fetch] memory-max is less than body-max: the largest document would "
			"never fit");
	return 0;
}

void conf_init(struct conf *out_conf)
{
	struct err err;

	*out_conf = (struct conf){ 0 };
	for (size_t i = 0; i < conf_count; i++)
		if (conf_set(out_conf, &conf_table[i], conf_table[i].preset, false, &err) < 0)
			abort(); /* a default of the table contradicts the table */
}

void conf_release(struct conf *conf)
{
	for (size_t i = 0; i < conf_count; i++) {
		const struct conf_row *row = &conf_table[i];

		if (row->type == CONF_GROUP || row->type == CONF_PROXY) {
			char **text = field_of(conf, row);

			free(*text);
			*text = NULL;
		} else if (row->type == CONF_ALLOW) {
			struct conf_list *list = field_of(conf, row);

			for (size_t j = 0; j < list->count; j++)
				free(list->words[j]);
			free(list->words);
			*list = (struct conf_list){ 0 };
		}
	}
}

int conf_load(const char *path, char *const *overrides, size_t override_count,
	struct conf *out_conf, struct err *err)
{
	struct conf conf;
	int rc = 0;

	conf_init(&conf);
	if (path != NULL)
		rc = read_file(&conf, path, err);
	for (size_t i = 0; rc == 0 && i < override_count; i++)
		rc = override(&conf, overrides[i], err);
	if (rc == 0)
		rc = check_together(&conf, err);
	if (rc < 0) {
		conf_release(&conf);
		return -1;
	}
	*out_conf = conf;
	return 0;
}

char *conf_user_file(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (xdg != NULL && xdg[0] == '/')
		return mem_printf("%s/feedd/feedd.conf", xdg);
	if (home != NULL && home[0] == '/')
		return mem_printf("%s/.config/feedd/feedd.conf", home);
	return NULL;
}

/* One that can't be looked at may say which proxy to go through: it is not passed over,
 * and reading it tells why. */
static bool may_be_there(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

char *conf_find_file(void)
{
	char *path = conf_user_file();

	if (path != NULL && may_be_there(path))
		return path;
	free(path);
	return may_be_there(CONF_SYSTEM_FILE) ? mem_strdup(CONF_SYSTEM_FILE) : NULL;
}

int conf_write_sample(struct buf *out)
{
	const char *section = "";

	if (buf_add_text(out, "# feedd.conf: settings of feedd, see feedd.conf(5).\n"
			      "# Every setting stands here with its default.\n") < 0)
		return -1;
	for (size_t i = 0; i < conf_count; i++) {
		const struct conf_row *row = &conf_table[i];

		if (strcmp(section, row->section) != 0 &&
			buf_printf(out, "\n[%s]\n", row->section) < 0)
			return -1;
		section = row->section;
		if (buf_printf(out, "\n# %s\n#%s = %s\n", row->help, row->key, row->preset) < 0)
			return -1;
	}
	return 0;
}
