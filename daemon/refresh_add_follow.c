#include "daemon/refresh_add.h"

#include <string.h>

/*
 * Who looks at which address, and who waits for that.  One that waits may have
 * followers of its own, from the page that it comes from, but nobody ever waits
 * for one that waits for him.
 */

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool asks_alike(const struct add *a, const struct add *b)
{
	return a->private_ok == b->private_ok && a->insecure == b->insecure &&
	       a->no_discover == b->no_discover && same(a->proxy, b->proxy) &&
	       same(a->headers, b->headers) && same(a->auth, b->auth) &&
	       same(a->userinfo, b->userinfo);
}

/* From the page that was asked for to the feed that it names. */
static bool comes_through(const struct add *leader, const char *url)
{
	return leader->discovered != NULL && strcmp(leader->asked, url) == 0;
}

static bool waits_for(const struct add *add, const struct add *other)
{
	while (add != NULL && add != other)
		add = add->leader;
	return add != NULL;
}

void add_lead(struct add *add)
{
	struct refresh *refresh = add->errand.task.refresh;

	if (add->looking)
		return;
	add->looking = true;
	add->next = refresh->looking;
	refresh->looking = add;
}

static void stop_leading(struct add *add)
{
	struct add **at = &add->errand.task.refresh->looking;

	if (!add->looking)
		return;
	while (*at != add)
		at = &(*at)->next;
	*at = add->next;
	add->looking = false;
}

bool add_follow(struct add *add)
{
	struct add *other = add->errand.task.refresh->looking, **at;

	while (other != NULL &&
		(waits_for(other, add) ||
			(strcmp(other->asked, add->url) != 0 && strcmp(other->url, add->url) != 0)))
		other = other->next;
	if (other == NULL)
		return false;
	add->leader = other;
	add->alike = asks_alike(add, other);
	for (at = &other->followers; *at != NULL; at = &(*at)->next_follower)
		;
	*at = add;
	return true;
}

static struct add *take_follower(struct add *add)
{
	struct add *first = add->followers;

	if (first == NULL)
		return NULL;
	add->followers = first->next_follower;
	first->next_follower = NULL;
	first->leader = NULL;
	return first;
}

static void end_follower(struct add *add, const struct add *leader,
	const struct refresh_added *added, const struct feed_doc *page, const struct err *err)
{
	bool through = comes_through(leader, add->url);
	struct refresh_added theirs;

	if (add->errand.over)
		return;
	if ((err != NULL && !add->alike) ||
		(through && (add->no_discover || add->discovered != NULL))) {
		add_seek(add);
		return;
	}
	if (err != NULL) {
		add_end_as(add, NULL, page, err);
		return;
	}
	theirs = (struct refresh_added){ .feed_id = added->feed_id,
		.existed = true,
		.discovered = through ? leader->discovered : add->discovered };
	add_end_as(add, &theirs, NULL, NULL);
}

void add_end_as(struct add *add, const struct refresh_added *added, const struct feed_doc *page,
	const struct err *err)
{
	struct add *next;

	stop_leading(add);
	add->added(add->ctx, added, page, err);
	while ((next = take_follower(add)) != NULL)
		end_follower(next, add, added, page, err);
	errand_end(&add->errand);
}

void add_leave(struct add *add)
{
	struct add **at, *next;

	stop_leading(add);
	if (add->leader != NULL) {
		for (at = &add->leader->followers; *at != add; at = &(*at)->next_follower)
			;
		*at = add->next_follower;
	}
	/* It was cancelled: who waited looks himself. */
	while ((next = take_follower(add)) != NULL)
		if (!next->errand.over)
			add_seek(next);
}
