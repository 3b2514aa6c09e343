#ifndef DAEMON_REFRESH_JUDGE_H
#define DAEMON_REFRESH_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/fetch/fetch.h"
#include "daemon/policy.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * What an answer means for its feed: between the fetcher's words, the store's
 * columns and the policy's arithmetic.  No I/O, no clock; judge_schedule() runs
 * on the store's thread.
 */

/* What came of one request, kept beyond the fetcher's callback. */
struct answer {
	struct arena memory; /* of all but the body */
	unsigned status;     /* 0: none */
	const struct fetch_hop *hops;
	size_t hop_count;
	const char *url; /* of the last hop; without a status: where redirects led, or NULL */
	const char *content_type, *content_location;
	struct buf body;
	bool cut, open_ended;
	const void *etag, *last_modified;
	size_t etag_length, last_modified_length;
	struct fetch_cache cache;
	int64_t retry_after_s;
	bool private_address; /* that answered, or would have, as far as is known */
	uint64_t wire_bytes;
	int64_t elapsed_ms;
	uint64_t digest[2]; /* of the body, and by what it is read */
	bool same_body;     /* as the feed's last one */
	enum err_code error;
	enum fetch_miss missed;
	char text[480]; /* words of the error */
};

/* Takes the body. */
void answer_take(struct answer *answer, const struct fetch_result *result);
void answer_fail(struct answer *answer, const struct err *err);
/* The document of it is not whole: says so if it isn't. */
void answer_judge_whole(struct answer *answer, const struct feed_doc *doc);
void answer_release(struct answer *answer);
/* The digest of the body, its type and its Content-Location into answer->digest. */
void answer_digest(struct answer *answer);
/* Status and beginning of a body behind the sentence that is there, made safe. */
void answer_quote(unsigned status, const struct buf *body, struct err *err);
/* What a status that brings no document is called: "the server answers 404 Not Found",
 * and its error. */
void answer_status_text(unsigned status, char *out, size_t size);
enum err_code answer_status_error(unsigned status);

/* What was sent and is needed to judge what came. */
struct sent {
	bool etag, modified;
	bool unconditional; /* on purpose, where validators were there */
};

/* One look at a feed, as it is judged: what was sent, what came, and what else bears
 * on what that means. */
struct look {
	const struct store_claim *claim;
	struct sent sent;
	const struct answer *answer;
	const struct feed_doc *doc; /* of the answer, or NULL */
	const struct policy_rules *rules;
	bool manners_private; /* the setting: no address is exempt from the floor */
	bool captive;         /* a portal may be answering: moves count for nothing */
	int64_t hold_until_s; /* of its site; 0: none */
	int64_t now_s;        /* of the answer */
	bool punctual;        /* as in struct policy_case */
};

/* The case of one answer, drawn up on the loop, decided where the delta is. */
struct judge {
	struct policy_rules rules;
	struct policy_case of;
	bool exempt; /* from the floor */
	unsigned status;
};

/* What the policy's rules are by these settings. */
struct conf;
void judge_rules(const struct conf *conf, struct policy_rules *out_rules);

/*
 * The feed's state after this look but for the schedule, into *state (a copy of what
 * it was).  *out_judge is ready for judge_schedule().  Returns what became of a
 * permanent redirect.
 */
enum policy_moved judge_answer(
	const struct look *look, struct store_state *state, struct judge *out_judge);

/* The store's `schedule`: waste, next look and reason. */
store_schedule judge_schedule;

/* The validators that the store has to keep from this answer; contents are the
 * caller's. */
void judge_validators(const struct answer *answer, struct store_validators *out_validators);
/* Whether a 304 says others than the feed had (RFC 9111 4.3.4); mostly it repeats them. */
bool judge_brings_validators(const struct store_validators *had, const struct answer *answer);

/* Where the permanent redirects at the front of the chain lead, as it would be subscribed
 * to, or NULL; the caller's. */
char *judge_permanent(const struct answer *answer);

/* "after 3 failed looks in 2 h, the last one: the server answers 500"; the caller's. */
char *judge_recovered_text(const struct store_state *before, int64_t now_s);

/* The event of going from one state to another, or NULL. */
const char *judge_event(
	const struct store_state *before, const struct store_state *after, enum policy_moved move);

#endif
