/*
 * Set: "key=value", "tags+=T", "tags-=T" for feeds.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/given.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/url.h"

struct setting_feeds {
	struct call *call;
	struct store_setting *settings;
	size_t count;
	struct buf headers; /* all that were given, a line each */
	char *url, *userinfo;
};

static void setting_release(void *what)
{
	struct setting_feeds *set = what;

	buf_release(&set->headers);
	free(set->url);
	free(set->userinfo);
}

static void set_feeds(struct call *call, const int64_t *ids, size_t count)
{
	struct setting_feeds *set = call->state;
	struct store_set what = { .ids = ids,
		.count = count,
		.settings = set->settings,
		.setting_count = set->count,
		.plan = refresh_planned };
	size_t same = 0;

	while (same < count && ids[same] == ids[0])
		same++;
	if (set->url != NULL && same < count) {
		call_refuse(call, ERR_REFUSED, "one address can't be given to several feeds");
		return;
	}
	call->committed = true;
	call_changes(call, ids, count);
	what.plan_ctx = refresh_plan(call->parts->refresh);
	store_feeds_set(call->parts->store, &what, clock_now_s(), call_changed_feeds, call);
}

static struct store_setting *setting_of(struct setting_feeds *set, const char *key)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (strcmp(set->settings[i].key, key) == 0)
			return &set->settings[i];
	}
	return NULL;
}

static void put(struct setting_feeds *set, const char *key, const char *value)
{
	set->settings[set->count].key = key;
	set->settings[set->count].value = value;
	set->count++;
}

/* Several headers are one setting of several lines; "header=" is none. */
static int put_header(struct setting_feeds *set, const char *value, struct err *err)
{
	if (setting_of(set, "header") == NULL)
		put(set, "header", "");
	if (value[0] == '\0')
		return 0;
	if (given_check_header(value, err) < 0)
		return -1;
	if (buf_printf(&set->headers, "%s\n", value) < 0)
		return err_set(err, ERR_TOO_BIG, "header: too many bytes");
	return 0;
}

/* As typed to as it is stored; a password in it is not part of the address. */
static int put_url(struct setting_feeds *set, const char *value, struct err *err)
{
	if (set->url != NULL)
		return err_set(err, ERR_USAGE, "url: only once");
	if (url_subscribe(value, &set->url, &set->userinfo, err) < 0)
		return -1;
	put(set, "url", set->url);
	if (set->userinfo != NULL)
		put(set, "auth", set->userinfo);
	return 0;
}

static int put_word(struct setting_feeds *set, const char *word, struct err *err)
{
	const char *equals = strchr(word, '='), *tag;
	size_t length = equals != NULL ? (size_t)(equals - word) : 0;
	char *key;

	if (length == 0)
		return err_set(err, ERR_USAGE, "\"%.60s\" is no key=value", word);
	key = call_keep(set->call, length + 1, 1);
	memcpy(key, word, length);
	if ((key[length - 1] == '+' || key[length - 1] == '-') && strcmp(key, "tags+") != 0 &&
		strcmp(key, "tags-") != 0)
		return err_set(err, ERR_USAGE, "only tags can be added to or taken from");
	if (strncmp(key, "tags", 4) == 0 && length == 5) {
		if (choose_feed_tag(set->call, equals + 1, &tag, err) < 0)
			return -1;
		put(set, key, tag);
		return 0;
	}
	if (strcmp(key, "header") == 0)
		return put_header(set, equals + 1, err);
	if (strcmp(key, "url") == 0)
		return put_url(set, equals + 1, err);
	if (strcmp(key, "proxy") == 0 && equals[1] != '\0' && strcmp(equals + 1, "none") != 0 &&
		url_check_proxy(equals + 1, err) < 0)
		return err_prefix(err, "proxy");
	if (strcmp(key, "auth") == 0 && equals[1] != '\0' && given_check_auth(equals + 1, err) < 0)
		return -1;
	put(set, key, equals + 1);
	return 0;
}

void cmd_SET(struct call *call)
{
	struct setting_feeds *set = call_keep(call, 1, sizeof(*set));
	size_t count, i;
	const char *const *words = call_words(call, "settings", &count);
	struct store_setting *header;
	struct err err;

	set->call = call;
	set->settings = call_keep(call, count * 2, sizeof(*set->settings));
	buf_init(&set->headers, GIVEN_HEADERS_MAX);
	call->state = set;
	call_at_end(call, setting_release, set);
	for (i = 0; i < count; i++) {
		if (put_word(set, words[i], &err) < 0) {
			call_fail(call, &err);
			return;
		}
	}
	if (count == 0) {
		call_refuse(call, ERR_USAGE, "which setting? key=value");
		return;
	}
	header = setting_of(set, "header");
	if (header != NULL)
		header->value = set->headers.data;
	choose_feeds(call, "feeds", set_feeds);
}
