#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

#define EVERY_DAYS_MAX 366 /* as [poll] interval */

/* Copies and ends of the structs that store.h hands around. */

void store_settings_release(struct store_settings *settings)
{
	free(settings->title);
	free(settings->proxy);
	free(settings->headers);
	free(settings->auth);
	free(settings->private_at);
	free(settings->ca);
	free(settings->cert);
	free(settings->key);
	memset(settings, 0, sizeof(*settings));
	settings->every_s = settings->keep_s = -1;
}

char *store_title_read(const char *text)
{
	size_t length = strlen(text);
	struct buf line;

	buf_init(&line, length + 1);
	if (!utf8_valid(text, length) || utf8_add_name(&line, text, length) < 0 ||
		!utf8_shows(line.data, line.length))
		buf_clear(&line);
	if (line.length > 0)
		return buf_take(&line, NULL);
	buf_release(&line);
	return NULL;
}

int store_every_read(const char *text, int64_t *out_s, struct err *err)
{
	int64_t ms;

	if (time_parse_duration(text, &ms, err) < 0)
		return err_prefix(err, "every");
	if (ms == 0)
		return err_set(err, ERR_USAGE,
			"every: 0 is no interval; a feed that is not to be looked at is paused");
	if (ms > (int64_t)EVERY_DAYS_MAX * 86400 * 1000)
		return err_set(err, ERR_USAGE, "every: %.40s is not between 0.001s and %dd", text,
			EVERY_DAYS_MAX);
	*out_s = (ms + 999) / 1000;
	return 0;
}

int store_flag_read(const char *key, const char *text, bool *out, struct err *err)
{
	static const char *const yes[] = { "yes", "on", "true", "1" };
	static const char *const no[] = { "", "no", "off", "false", "0" };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(text, yes[i]) == 0) {
			*out = true;
			return 0;
		}
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcmp(text, no[i]) == 0) {
			*out = false;
			return 0;
		}
	return err_set(err, ERR_USAGE, "%s is yes or no, not %s", key, text);
}

void store_state_copy(struct store_state *to, const struct store_state *from)
{
	*to = *from;
	to->effective_url = mem_strdup(from->effective_url);
	to->move_to = mem_strdup(from->move_to);
}

void store_state_release(struct store_state *state)
{
	free(state->effective_url);
	free(state->move_to);
	state->effective_url = NULL;
	state->move_to = NULL;
}

void store_validators_release(struct store_validators *validators)
{
	free(validators->url);
	free(validators->etag);
	free(validators->last_modified);
	memset(validators, 0, sizeof(*validators));
}

void store_claim_release(struct store_claim *claim)
{
	free(claim->url);
	free(claim->title);
	store_settings_release(&claim->settings);
	store_validators_release(&claim->validators);
	store_state_release(&claim->state);
}

void store_claims_free(struct store_claim *claims, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store_claim_release(&claims[i]);
	free(claims);
}

static void ingest_release(struct store_ingest *ingest)
{
	free((void *)(uintptr_t)ingest->doc);
	store_validators_release(&ingest->validators);
	store_state_release(&ingest->state);
}

void store_new_feed_release(struct store_new_feed *feed)
{
	size_t i;

	free(feed->url);
	free(feed->feed_title);
	free(feed->site_url);
	free(feed->leads_to);
	free(feed->moved_from);
	for (i = 0; feed->tags != NULL && feed->tags[i] != NULL; i++)
		free(feed->tags[i]);
	free(feed->tags);
	store_settings_release(&feed->settings);
	if (feed->first != NULL)
		ingest_release(feed->first);
	free(feed->first);
	memset(feed, 0, sizeof(*feed));
}
