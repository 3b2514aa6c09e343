#include "daemon/store/dump_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/given.h"
#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/pem.h"
#include "daemon/url.h"

static const char escaped[] = "\t\n\r\\";
static const char names[] = "tnr\\";

int dump_text_field(struct buf *out, const char *text)
{
	size_t from = out->length;

	for (; *text != '\0'; text++) {
		const char *at = strchr(escaped, *text);
		int result = at != NULL ? buf_printf(out, "\\%c", names[at - escaped])
					: buf_add_byte(out, *text);

		if (result < 0) {
			buf_cut(out, from);
			return -1;
		}
	}
	return 0;
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		const char *at = text[0] == '\\' && text[1] != '\0' ? strchr(names, text[1]) : NULL;

		if (at != NULL)
			text++;
		*to++ = at != NULL ? escaped[at - names] : *text;
	}
	*to = '\0';
}

size_t dump_text_split(char *line, char *fields[DUMP_FIELDS_MAX])
{
	size_t count = 0, i;

	while (line != NULL && count < DUMP_FIELDS_MAX)
		fields[count++] = strsep(&line, "\t");
	for (i = 0; i < count; i++)
		unescape(fields[i]);
	return count;
}

/* --------------------------------------------------------- settings ---- */

enum kind { TEXT, SECONDS, FLAG };

struct row {
	const char *key;
	enum kind kind;
	bool secret;
	size_t offset;
};

#define ROW(key, kind, secret, member)                                                             \
	{                                                                                          \
		key, kind, secret, offsetof(struct store_settings, member)                         \
	}

static const struct row rows[DUMP_SETTINGS] = {
	ROW("auth", TEXT, true, auth),
	ROW("ca", TEXT, false, ca),
	ROW("cert", TEXT, false, cert),
	ROW("delta", FLAG, false, delta),
	ROW("downgrade", FLAG, false, downgrade),
	ROW("every", SECONDS, false, every_s),
	ROW("header", TEXT, true, headers),
	ROW("insecure", FLAG, false, insecure),
	ROW("keep", SECONDS, false, keep_s),
	ROW("key", TEXT, true, key),
	ROW("private", TEXT, false, private_at),
	ROW("proxy", TEXT, false, proxy),
	ROW("title", TEXT, false, title),
};

static char *value_of(const struct row *row, const struct store_settings *settings)
{
	const void *at = (const char *)settings + row->offset;
	int64_t seconds;
	bool flag;
	char *text;

	switch (row->kind) {
	case TEXT:
		memcpy(&text, at, sizeof(text));
		if (text == NULL)
			return NULL;
		/* No proxy although one is set for all. */
		return mem_strdup(text[0] != '\0' ? text : "none");
	case SECONDS:
		memcpy(&seconds, at, sizeof(seconds));
		return seconds < 0            ? NULL
		       : seconds == INT64_MAX ? mem_strdup("forever")
					      : mem_printf("%llds", (long long)seconds);
	case FLAG:
		break;
	}
	memcpy(&flag, at, sizeof(flag));
	return flag ? mem_strdup("yes") : NULL;
}

static char *without_secret(const struct row *row, char *value)
{
	char *shown = NULL;

	if (row->secret) {
		free(value);
		return NULL;
	}
	if (strcmp(row->key, "proxy") != 0 || value == NULL)
		return value;
	shown = url_proxy_shown(value);
	free(value);
	return shown;
}

void dump_settings_read(
	const struct store_settings *settings, bool secrets, struct dump_setting out[DUMP_SETTINGS])
{
	size_t i;

	for (i = 0; i < DUMP_SETTINGS; i++) {
		out[i].key = rows[i].key;
		out[i].value = value_of(&rows[i], settings);
		if (!secrets)
			out[i].value = without_secret(&rows[i], out[i].value);
	}
}

static int set_seconds(const char *key, void *at, const char *value, struct err *err)
{
	int64_t seconds = INT64_MAX, ms;

	if (strcmp(key, "every") == 0) {
		if (store_every_read(value, &seconds, err) < 0)
			return -1;
	} else if (strcmp(value, "forever") != 0) {
		if (time_parse_duration(value, &ms, err) < 0)
			return err_prefix(err, "%s", key);
		seconds = (ms + 999) / 1000;
	}
	memcpy(at, &seconds, sizeof(seconds));
	return 1;
}

/* The one that may be on a private network. */
static int check_host_and_port(const char *value, struct err *err)
{
	char *url = mem_printf("http://%s/", value);
	bool is_one = url_is_at(url, value);

	free(url);
	return is_one ? 0
		      : err_set(err, ERR_USAGE,
				"private: it is the host:port that may be on a private network");
}

/* As `add` and `set` do before the store has it. */
static int check_text(const char *key, const char *value, struct err *err)
{
	if (strcmp(key, "auth") == 0)
		return given_check_auth(value, err);
	if (strcmp(key, "header") == 0 && strlen(value) > GIVEN_HEADERS_MAX)
		return err_set(err, ERR_TOO_BIG, "header: too many bytes");
	if (strcmp(key, "private") == 0)
		return check_host_and_port(value, err);
	if (strcmp(key, "ca") == 0 || strcmp(key, "cert") == 0)
		return pem_check(key, value, PEM_CERTIFICATE, err);
	if (strcmp(key, "key") == 0)
		return pem_check(key, value, PEM_KEY, err);
	if (strcmp(key, "proxy") == 0 && strcmp(value, "none") != 0 &&
		url_check_proxy(value, err) < 0)
		return err_prefix(err, "proxy");
	return 0;
}

static int set_value(
	const struct row *row, struct store_settings *settings, const char *value, struct err *err)
{
	void *at = (char *)settings + row->offset;
	bool flag;
	char *text;

	switch (row->kind) {
	case TEXT:
		if (value[0] != '\0' && check_text(row->key, value, err) < 0)
			return -1;
		memcpy(&text, at, sizeof(text));
		free(text);
		text = NULL; /* as without a value, which is the default again */
		if (strcmp(row->key, "proxy") == 0 && strcmp(value, "none") == 0)
			text = mem_strdup("");
		else if (strcmp(row->key, "title") == 0)
			text = store_title_read(value);
		else if (value[0] != '\0')
			text = mem_strdup(value);
		memcpy(at, &text, sizeof(text));
		return 1;
	case SECONDS:
		return set_seconds(row->key, at, value, err);
	case FLAG:
		break;
	}
	if (store_flag_read(row->key, value, &flag, err) < 0)
		return -1;
	memcpy(at, &flag, sizeof(flag));
	return 1;
}

/* The proxy that is set, whose secret was left out where this was written. */
static bool is_shown_proxy(
	const struct row *row, const struct store_settings *settings, const char *value)
{
	char *shown;
	bool same;

	if (strcmp(row->key, "proxy") != 0 || settings->proxy == NULL)
		return false;
	shown = url_proxy_shown(settings->proxy);
	same = strcmp(shown, value) == 0;
	free(shown);
	return same;
}

int dump_settings_set(
	struct store_settings *settings, const char *key, const char *value, struct err *err)
{
	size_t i;

	for (i = 0; i < DUMP_SETTINGS; i++)
		if (strcmp(rows[i].key, key) == 0)
			return is_shown_proxy(&rows[i], settings, value)
				       ? 1
				       : set_value(&rows[i], settings, value, err);
	return 0;
}

/* As FEED_DROP_SECRETS has them. */
bool dump_settings_is_of_origin(const char *key)
{
	static const char *const keys[] = { "auth", "cert", "header", "key" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}
