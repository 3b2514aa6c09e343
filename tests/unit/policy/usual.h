#ifndef TESTS_UNIT_POLICY_USUAL_H
#define TESTS_UNIT_POLICY_USUAL_H

/*
 * For tests of the next look: the usual rules, and a usual feed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/time.h"
#include "daemon/policy.h"

#define MIN INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define NOW INT64_C(1780481700) /* 2026-06-03T10:15:00Z, a Wednesday */
#define ALL_MAX UINT64_MAX

static const struct policy_rules rules = { .interval_s = 3600,
	.floor_s = 900,
	.adaptive_max_s = 86400,
	.hint_max_s = 86400,
	.waste_max_s = 21600,
	.backoff_max_s = 86400,
	.jitter = 0.10,
	.avoid_hot = false };

/* What a case leaves out is usual: an hourly feed that is a day old, has an item
 * of just now and says nothing. */
static struct policy_case whole(struct policy_case of)
{
	of.now_s = of.now_s == 0 ? NOW : of.now_s;
	of.base_s = of.base_s <= 0 ? 3600 : of.base_s;
	of.lifetime_s = of.lifetime_s == 0 ? -1 : of.lifetime_s;
	of.ttl_s = of.ttl_s == 0 ? -1 : of.ttl_s;
	of.sy_period_s = of.sy_period_s == 0 ? -1 : of.sy_period_s;
	of.newest_item_s = of.newest_item_s == 0 ? NOW : of.newest_item_s;
	of.added_at_s = of.added_at_s == 0 ? NOW - DAY : of.added_at_s;
	return of;
}

static struct policy_next next_of(const struct policy_rules *by, struct policy_case of)
{
	struct policy_next next;

	of = whole(of);
	policy_next(by, &of, &next);
	return next;
}

#endif
