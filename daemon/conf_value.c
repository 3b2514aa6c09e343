#include "daemon/conf.h"

#include <ctype.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/fetch/fetch.h"
#include "daemon/url.h"

/* One function a type: text to value, or a sentence why not. */

struct unit {
	double size;
	const char *word;
};

static const struct unit *units_of(enum conf_type type, size_t *out_count)
{
	static const struct unit plain[] = { { 1, "" } },
				 sizes[] = { { 1 << 30, "G" }, { 1 << 20, "M" }, { 1 << 10, "K" },
					 { 1, "" } },
				 times[] = { { 86400, "d" }, { 3600, "h" }, { 60, "m" },
					 { 1, "s" } };

	switch (type) {
	case CONF_DURATION:
	case CONF_AGE:
	case CONF_SPAN:
		*out_count = sizeof(times) / sizeof(times[0]);
		return times;
	case CONF_SIZE:
		*out_count = sizeof(sizes) / sizeof(sizes[0]);
		return sizes;
	case CONF_COUNT:
	case CONF_RATIO:
		*out_count = 1;
		return plain;
	case CONF_FLAG:
	case CONF_LEVEL:
	case CONF_GROUP:
	case CONF_PROXY:
	case CONF_ALLOW:
	default:
		return NULL;
	}
}

/* In the largest of the units that it is a whole number of. */
static void put_limit(double value, const struct unit *units, size_t count, struct conf_limit *out)
{
	size_t i = 0;

	/* All limits are far below 2^53. */
	while (i + 1 < count &&
		(value < units[i].size ||
			(double)(int64_t)(value / units[i].size) * units[i].size < value))
		i++;
	snprintf(out->text, sizeof(out->text), "%.15g%s", value / units[i].size, units[i].word);
}

bool conf_limits(
	const struct conf_row *row, struct conf_limit *out_least, struct conf_limit *out_most)
{
	size_t count;
	const struct unit *units = units_of(row->type, &count);

	if (units == NULL)
		return false;
	put_limit(row->least, units, count, out_least);
	put_limit(row->most, units, count, out_most);
	return true;
}

static int out_of_range(const struct conf_row *row, const char *value, struct err *err)
{
	struct conf_limit least = { "" }, most = { "" };

	(void)conf_limits(row, &least, &most);
	return err_set(err, ERR_USAGE, "%s is not between %s and %s", value, least.text, most.text);
}

static int set_duration(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	int64_t ms;

	if (time_parse_duration(value, &ms, err) < 0)
		return -1;
	if ((double)ms < row->least * 1000 || (double)ms > row->most * 1000)
		return out_of_range(row, value, err);
	*(int64_t *)field = ms;
	return 0;
}

static int set_age(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	if (strcmp(value, "forever") == 0) {
		*(int64_t *)field = CONF_FOREVER;
		return 0;
	}
	return set_duration(field, row, value, err);
}

static int set_span(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	const char *dots = strstr(value, "..");
	struct conf_span span;
	char *least;
	int rc;

	if (dots == NULL) {
		if (set_duration(&span.least_ms, row, value, err) < 0)
			return -1;
		span.most_ms = span.least_ms;
	} else {
		least = mem_strndup(value, (size_t)(dots - value));
		rc = set_duration(&span.least_ms, row, least, err);
		free(least);
		if (rc < 0 || set_duration(&span.most_ms, row, dots + 2, err) < 0)
			return -1;
	}
	if (span.least_ms > span.most_ms)
		return err_set(err, ERR_USAGE, "%s ends before it begins", value);
	*(struct conf_span *)field = span;
	return 0;
}

/* Digits only; false beyond what a double holds exactly. */
static bool parse_whole(const char *text, size_t length, uint64_t *out)
{
	uint64_t value = 0;

	if (length == 0 || length > 15)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*out = value;
	return true;
}

static int set_size(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	static const char units[] = "KMG";
	size_t digits = strspn(value, "0123456789");
	const char *unit = strchr(units, value[digits]);
	uint64_t size;

	if (!parse_whole(value, digits, &size) || unit == NULL ||
		(value[digits] != '\0' && value[digits + 1] != '\0'))
		return err_set(err, ERR_USAGE, "\"%s\" is no size such as 64K, 16M, 1G", value);
	if (value[digits] != '\0') {
		unsigned shift = 10 * (unsigned)(unit - units + 1);

		if (size > UINT64_MAX >> shift)
			return out_of_range(row, value, err);
		size <<= shift;
	}
	if ((double)size < row->least || (double)size > row->most)
		return out_of_range(row, value, err);
	*(size_t *)field = (size_t)size;
	return 0;
}

static int set_count(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	uint64_t count;

	if (!parse_whole(value, strlen(value), &count))
		return err_set(err, ERR_USAGE, "\"%s\" is no whole number", value);
	if ((double)count < row->least || (double)count > row->most)
		return out_of_range(row, value, err);
	*(unsigned *)field = (unsigned)count;
	return 0;
}

static int set_ratio(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	char *end;
	double ratio = strtod(value, &end);

	if (value[0] == '\0' || strspn(value, "0123456789.") != strlen(value) || *end != '\0')
		return err_set(err, ERR_USAGE, "\"%s\" is no number such as 0.10", value);
	if (ratio < row->least || ratio > row->most)
		return out_of_range(row, value, err);
	*(double *)field = ratio;
	return 0;
}

static int set_flag(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	static const struct {
		const char *word;
		bool flag;
	} words[] = { { "yes", true }, { "no", false }, { "true", true }, { "false", false },
		{ "on", true }, { "off", false }, { "1", true }, { "0", false } };

	(void)row;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, value) == 0) {
			*(bool *)field = words[i].flag;
			return 0;
		}
	return err_set(err, ERR_USAGE, "\"%s\" is neither yes nor no", value);
}

static int set_level(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	(void)row;
	if (!log_level_of(value, field))
		return err_set(
			err, ERR_USAGE, "\"%s\" is none of error, warning, info, debug", value);
	return 0;
}

static int set_text(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	char **text = field;

	(void)row;
	(void)err;
	free(*text);
	*text = value[0] == '\0' || strcmp(value, "none") == 0 ? NULL : mem_strdup(value);
	return 0;
}

static int set_group(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	if (value[0] != '\0' && strcmp(value, "none") != 0 && getgrnam(value) == NULL)
		return err_set(err, ERR_USAGE, "there is no group \"%s\"", value);
	return set_text(field, row, value, err);
}

static int set_proxy(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	if (value[0] != '\0' && strcmp(value, "none") != 0 && url_check_proxy(value, err) < 0)
		return -1;
	return set_text(field, row, value, err);
}

static int list_add(
	struct conf_list *list, const struct conf_row *row, const char *word, struct err *err)
{
	struct fetch_allow allow;

	if (fetch_allow_parse(word, &allow, err) < 0)
		return -1;
	if ((double)list->count >= row->most)
		return err_set(err, ERR_USAGE, "more than %g entries", row->most);
	list->words = mem_realloc_array(list->words, list->count + 1, sizeof(list->words[0]));
	list->words[list->count++] = mem_strdup(word);
	return 0;
}

static int set_allow(void *field, const struct conf_row *row, const char *value, struct err *err)
{
	struct conf_list *list = field;
	char *words, *rest, *word;
	int rc = 0;

	if (strcmp(value, "none") == 0)
		return 0;
	words = mem_strdup(value);
	for (word = strtok_r(words, " \t", &rest); word != NULL && rc == 0;
		word = strtok_r(NULL, " \t", &rest))
		rc = list_add(list, row, word, err);
	free(words);
	return rc;
}

static int (*const setters[])(
	void *field, const struct conf_row *row, const char *value, struct err *err) = {
	[CONF_DURATION] = set_duration,
	[CONF_AGE] = set_age,
	[CONF_SPAN] = set_span,
	[CONF_SIZE] = set_size,
	[CONF_COUNT] = set_count,
	[CONF_RATIO] = set_ratio,
	[CONF_FLAG] = set_flag,
	[CONF_LEVEL] = set_level,
	[CONF_GROUP] = set_group,
	[CONF_PROXY] = set_proxy,
	[CONF_ALLOW] = set_allow,
};

int conf_set(struct conf *conf, const struct conf_row *row, const char *value, bool grow,
	struct err *err)
{
	void *field = (char *)conf + row->offset;

	if (row->type == CONF_ALLOW && !grow) {
		struct conf_list *list = field;

		for (size_t i = 0; i < list->count; i++)
			free(list->words[i]);
		free(list->words);
		*list = (struct conf_list){ 0 };
	}
	if (setters[row->type](field, row, value, err) < 0) {
		err->code = ERR_USAGE; /* whoever found the fault: it is the file's */
		return err_prefix(err, "[%s] %s", row->section, row->key);
	}
	return 0;
}
