#ifndef DAEMON_POLICY_H
#define DAEMON_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/*
 * Answer and history to the moment of the next look, and what else follows
 * from an answer: which validators to send, whether an address has moved.
 * Arithmetic only: time and chance are handed in, nothing is kept, no I/O; the
 * same case gives the same answer on any thread.  Knows no HTTP, no store.
 *
 * The rules in a sentence: never sooner than the user's interval, than what
 * the publisher asked for, or than the site's hold; more seldom where nothing
 * comes; after errors twice as long each time, but never for ever.
 */

/* ------------------------------------------------------ when to look ---- */

/* The settings [poll], in seconds; fractions are fine. */
struct policy_rules {
	double interval_s;
	double floor_s;
	double adaptive_max_s;
	double hint_max_s;
	double waste_max_s;
	double backoff_max_s;
	double jitter; /* of the interval, 0 to 1 */
	bool avoid_hot;
};

/* What an answer means for the schedule. */
enum policy_outcome {
	POLICY_OK,      /* 200, 206, 226 with a feed; 304 */
	POLICY_FAILED,  /* network, 5xx, damaged, any other 4xx */
	POLICY_DENIED,  /* 401, 403, 451 */
	POLICY_MISSING, /* 404, or what came is no feed */
	POLICY_HELD,    /* 429, or 503 with Retry-After: the site's wish, nobody's error */
	POLICY_GONE     /* 410 */
};

/* status: HTTP, or 0 where there was none and `error` tells why (of a document,
 * too).  retry_after: the answer had that field, in whatever form. */
enum policy_outcome policy_outcome_of(unsigned status, enum err_code error, bool retry_after);

/* In the order of struct policy_next's terms; the last has none. */
enum policy_reason {
	POLICY_BASE,
	POLICY_ADAPTIVE,
	POLICY_HINT,
	POLICY_WASTE,
	POLICY_BACKOFF,
	POLICY_HOLD,
	POLICY_SKIP,
	POLICY_TERMS,
	POLICY_REASON_GONE = POLICY_TERMS
};

/* "base", "adaptive", …, "gone"; static. */
const char *policy_reason_word(enum policy_reason reason);

/* Where a moment is unknown it is 0, where a duration is, -1. */
struct policy_case {
	int64_t now_s; /* of the answer, its fraction cut off */
	bool punctual; /* that fraction is next to nothing */
	enum policy_outcome outcome;
	double base_s;            /* policy_base_s() */
	unsigned failures;        /* in a row, this one included */
	unsigned waste;           /* 200s in a row that brought nothing, this one included */
	int64_t lifetime_s;       /* what the server said last */
	int64_t ttl_s;            /* of the document */
	int64_t sy_period_s;      /* likewise */
	uint32_t skip_hours;      /* bit 0: 0 to 1 o'clock UTC */
	uint32_t skip_days;       /* bit 0: Sunday */
	int64_t newest_item_s;    /* date of the newest item */
	int64_t last_new_s;       /* when one last came */
	int64_t added_at_s;       /* when the feed was subscribed */
	int64_t not_feed_since_s; /* POLICY_MISSING without a break since then */
	int64_t hold_until_s;     /* of the site, rounded up */
	uint64_t random[3];       /* uniform bits */
};

struct policy_next {
	int64_t next_s;              /* INT64_MAX: never */
	enum policy_reason reason;   /* the term that won */
	int64_t terms[POLICY_TERMS]; /* seconds, rounded; 0 where one says nothing */
	bool dead;                   /* missing for so long that only a weekly look is left */
};

/* The interval of one feed: its own (-1: the setting), never below the floor
 * but where `exempt` (private addresses, unless the setting says otherwise). */
double policy_base_s(const struct policy_rules *rules, int64_t every_s, bool exempt);

void policy_next(const struct policy_rules *rules, const struct policy_case *of,
	struct policy_next *out_next);

/* Of `count` looks that come too late, spread over the span_s seconds from from_s on,
 * the moment of the n-th: of the first (0) the beginning, of any other some moment of
 * its part of the span; or soon after that where the rules keep away from it. */
int64_t policy_spread(const struct policy_rules *rules, int64_t from_s, int64_t span_s, size_t n,
	size_t count, const uint64_t random[2]);

/* -------------------------------------------------- which validators ---- */

enum policy_conditional {
	POLICY_BOTH,    /* whatever validators there are */
	POLICY_LM_ONLY, /* Last-Modified alone: the server can't recognise its own ETag */
	POLICY_USELESS  /* it recognises nothing; all are sent, and waste is counted */
};
const char *policy_conditional_word(enum policy_conditional mode);
enum policy_conditional policy_conditional_of(const char *word); /* unknown: BOTH */

/* What was sent, and what the answer brought. */
struct policy_exchange {
	unsigned status;
	bool sent_etag, sent_modified;
	bool same_etag, same_modified; /* byte for byte; absent is not the same */
	bool same_body;
	bool says_etag;  /* a 304 need not */
	bool same_shape; /* policy_same_shape() of the ETags */
};
enum policy_conditional policy_conditional_next(
	enum policy_conditional mode, const struct policy_exchange *exchange);

/* Whether two ETags look as if one program made them: weak or strong, quoted,
 * separated alike, with the same suffix (`-gzip`). */
bool policy_same_shape(const void *a, size_t a_length, const void *b, size_t b_length);

/*
 * Whether the next look goes without validators: only where Last-Modified can't
 * be true (a day ahead, or before 1980-01-02) and nothing but 304s came for
 * fourteen days, and then once in fourteen days.
 */
bool policy_unconditional(const void *last_modified, size_t length, int64_t only_304_since_s,
	int64_t last_unconditional_s, int64_t now_s);

/* ------------------------------------------------- whether it moved ---- */

/* A permanent redirect becomes the feed's address once it is proven. */
struct policy_move {
	bool redirected;  /* 301 or 308 stood at the front of the chain */
	bool same_target; /* as the candidate that is remembered */
	bool upgrade;     /* http to https, the rest alike, and TLS held */
	bool captive;     /* a portal may be answering */
	unsigned seen;    /* looks that saw the candidate before */
	int64_t first_s;  /* when the first of them was */
	int64_t now_s;
};
enum policy_moved {
	POLICY_STAY,     /* no candidate (any more) */
	POLICY_REMEMBER, /* a new candidate, seen once */
	POLICY_CONFIRM,  /* the same one, seen once more */
	POLICY_ADOPT
};
/* Only after an answer that was a feed or 304. */
enum policy_moved policy_moved(const struct policy_move *move);

#endif
