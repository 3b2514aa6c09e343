#ifndef DAEMON_REFRESH_PRIV_H
#define DAEMON_REFRESH_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/refresh.h"
#include "daemon/refresh_judge.h"
#include "daemon/worker/worker.h"

/*
 * What the conductor's files share.  In reading order:
 *
 *	refresh.c            its life, and the pump: how many feeds are on the road
 *	refresh_wake.c       when to look up next: start, due times, resume
 *	refresh_lapse.c      what the loop did not live through: clocks set, sleep, a stop
 *	refresh_gauge.c      how much may wait for a parser or the writer
 *	refresh_job.c        one feed, from claimed to answered and parsed
 *	refresh_job_store.c  the same to written down
 *	refresh_job_stop.c   the same where it ends before its answer
 *	refresh_plan.c       the next look where no answer decides it
 *	refresh_request.c    a feed's settings to a request
 *	refresh_answer.c     an answer, kept
 *	refresh_judge.c      an answer to the feed's next state
 *	refresh_net.c        offline, captive portals
 *	refresh_apart.c      who goes around the proxy that is away
 *	refresh_ask.c        `refresh`: named feeds now, and what came of it
 *	refresh_held.c       what keeps a feed from being asked
 *	refresh_limits.c     the same for one that a person wants asked, in words
 *	refresh_task.c       what the following have in common
 *	refresh_add.c        `add`, `discover`
 *	refresh_add_follow.c the same address by several at once
 *	refresh_add_store.c  the feed and its first document to written down
 *	refresh_push.c       `push`, lists
 *	refresh_backfill.c   older pages
 *	refresh_backfill_start.c  whether a feed may be asked for them
 */

#define JOB_BUCKETS 256u

/* ---------------------------------------------------------------- jobs ---- */

enum job_state { JOB_FETCHING, JOB_PARSING, JOB_STORING };

struct job {
	struct refresh *refresh;
	struct job *next; /* in its bucket */
	enum job_state state;
	struct store_claim claim;
	struct fetch *fetch; /* while FETCHING */
	struct parse *parse; /* while PARSING */
	struct answer answer;
	struct sent sent;
	struct judge judge;       /* while STORING; the writer's to use */
	struct store_state after; /* as it will be, but for the schedule */
	enum policy_moved move;
	char *adopt_url;
	const char *result; /* of struct refresh_row */
	unsigned fresh, changed;
	uint64_t seq;   /* up to which the store went on, 0: it did not */
	bool told;      /* a row of the log */
	int64_t now_s;  /* of the answer */
	bool punctual;  /* it came with that second's beginning */
	bool probe;     /* sent to see whether the network is back */
	bool uncounted; /* offline or captive: nobody's failure */
	bool unasked;   /* nothing of it was on the wire */
	bool asked;     /* something of it was, whatever came of that */
	bool slept;     /* the machine did, while it was asked */
	bool again;     /* the feed has another address by now, which is due */
};

/* Why a feed is claimed. */
enum claim_reason {
	CLAIM_DUE,
	CLAIM_ASKED,  /* somebody wants it looked at now */
	CLAIM_AROUND, /* due, and not by the proxy that is away */
	CLAIM_PROBE   /* due, and sent to see whether the network is back */
};
/* A claimed feed starts on the road, if none of these holds keeps it; takes the
 * claim's contents. */
void job_start(struct refresh *refresh, struct store_claim *claim, const struct fetch_holds *holds,
	enum claim_reason reason, bool unconditional);
/* STORING: an answer without a document; one with a document (taken). */
void job_enter_noting(struct job *job, enum store_renewal renewal);
void job_enter_ingesting(struct job *job, struct feed_doc *doc);
/* The end of the road: numbers, who waits, the next one.  The job is freed. */
void job_finish(struct job *job, const char *result, const char *text);
struct job *job_find(struct refresh *refresh, int64_t feed_id);
void job_free(struct job *job);
/* Nobody's failure: all stays as it was, and it is due as soon as we go on. */
void job_enter_uncounted(struct job *job);
/* No descriptor was left, say, or the machine slept.  The feed has no part in it; once
 * its server has been asked, though, it is not asked again before the floor. */
void job_enter_busy(struct job *job);
/* A claimed feed, on the road but not sent yet; takes the claim's contents. */
struct job *job_new(struct refresh *refresh, struct store_claim *claim);
/* The network is away: whatever has not left yet stays here, and counts for nothing, nor
 * does what was asked for before. */
void job_call_back(struct refresh *refresh);
/* The same for a feed that is claimed only now; takes the claim's contents. */
void job_keep_back(struct refresh *refresh, struct store_claim *claim);
/* The machine has slept: what has not left yet stays here, unless a person waits for it;
 * and a connection that did not outlive the sleep is no feed's failure. */
void job_sleep(struct refresh *refresh);
/* The feed was claimed with another address: that one's look ends here, or as soon
 * as the store has it, and the new one follows. */
void job_supersede(struct job *job);
/* The feed is not what it was when it was claimed: while nobody has been asked yet, it
 * is claimed once more, and looked at by what it is then. */
void job_recall(struct job *job);
/* Stop it; nothing of it is told. */
void job_cancel_all(struct refresh *refresh);

/* ------------------------------------------------------------- requests ---- */

/* A request and the memory behind it. */
struct refresh_request {
	struct fetch_request fetch;
	char **headers;
	char *private_host;
};
/* By the feed's settings; validators only if `conditional`. */
void refresh_request_init(struct refresh_request *request, const struct store_claim *claim,
	bool conditional, int64_t now_ms);
void refresh_request_release(struct refresh_request *request);

/* --------------------------------------------------------------- limits ---- */

/* Ten minutes, a day; and a second, because moments that are kept have lost their
 * fractions. */
#define TOO_SOON_S 601
#define UNCONDITIONAL_S 86401

#define REFRESH_GONE "the server said that it is gone for good; resume asks again"
#define REFRESH_PAUSED "it is paused"

/* What a person's wish is measured by, as it is at one moment. */
struct limits {
	struct fetch_holds *holds;
	bool disk_full;
	bool portal; /* none but a probe is sent, from then on */
	int64_t probe_s;
	int64_t now_s;
	bool force, unconditional;
};
/* As it is now; force and unconditional are the caller's to set. */
void limits_init(struct refresh *refresh, struct limits *out_limits);
void limits_release(struct limits *limits);
/* One that nobody is asked for. */
bool limits_is_pushed(const struct store_askable *feed);
/* Why a feed may not be looked at now, in words, and a result of struct refresh_row;
 * or NULL.  On any thread. */
const char *limits_refuse(
	const struct limits *limits, const struct store_askable *feed, char *words, size_t size);

/* -------------------------------------------------------------- network ---- */

struct net_sign {
	char site[64];
	char target[64]; /* where it led, or "" for a page in place of a feed */
	int64_t at_s;
};

/* What is told to whoever asks for a look while there is no room for its answer. */
#define REFRESH_DISK_FULL "the disk is full: nothing is fetched until there is room"

#define NET_OFFLINE_WORDS "the network seems to be away"
#define NET_PROXY_WORDS "the proxy of all feeds can't be reached"
#define NET_CAPTIVE_WORDS "a portal seems to answer in place of sites"

#define NET_PROBE_S 300 /* behind a portal, one at a time */
#define OFFLINE_PROBE_S 30
#define NET_SIGNS 8u

struct net {
	unsigned failures;          /* of names and connections, since the last success */
	char failed[NET_SIGNS][64]; /* the last of their hosts */
	bool several_sites;
	bool lost_abroad;         /* one of them is on no private address, as far as is known */
	bool lost_proxy;          /* the one of all feeds was not there */
	bool apart;               /* and who goes around it is spared the pause */
	unsigned around_failures; /* of those and of the proxy, since their last success */
	char around_site[64];     /* the last of these; "" is the proxy */
	bool around_several;      /* they were not of one site */
	int64_t around_s;         /* none of those was due in that second */
	bool around; /* since the next probe was planned, who goes around it was claimed */
	struct net_sign signs[NET_SIGNS];
	unsigned sign_count;
	bool answered; /* any site, since the start */
	bool abroad;   /* one that is not on a private address */
	bool offline, captive;
	unsigned probes;   /* since then */
	int64_t over_at_s; /* the last of either; 0: none has been */
	int64_t next_probe_s;
	char portal[64]; /* where it led */
};

/* Tell it of every answer, before it is judged.  true: the answer counts
 * neither for nor against the feed. */
bool net_answer(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer);
/* What came is no feed, and the parser says why; true likewise. */
bool net_page(struct refresh *refresh, const struct store_claim *claim, const struct err *why);
/* While the network is away or a portal answers, a certificate that does not fit or an
 * error page is no more the site's than silence is: true likewise. */
bool net_excuses(const struct refresh *refresh, const struct store_claim *claim,
	const struct answer *answer);
/* A feed or 304 came: whatever was wrong is over, unless it came from our own network. */
void net_success(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer);
bool net_paused(const struct refresh *refresh);
/* Why, where it is. */
void net_why(const struct refresh *refresh, struct err *out_why);
/* A probe has ended: whatever it brought, if it has not ended the pause the next one
 * has to wait. */
void net_probed(struct refresh *refresh);
/* Whether who goes around the proxy that is away is to be claimed before it is probed. */
bool net_is_around_due(const struct refresh *refresh);
/* Only that proxy is away: who goes around it keeps its schedule. */
bool net_is_apart(const struct refresh *refresh);
/* Whether that feed does, now. */
bool net_spares(const struct refresh *refresh, const struct store_claim *claim);
/* Whether the moment has come, and nobody is on the road whose answer would be one. */
bool net_probe_is_due(const struct refresh *refresh, int64_t now_s);
/* When the next probe leaves while it is paused; who is on the road is this one. */
int64_t net_probe_s(const struct refresh *refresh, int64_t now_s);
/* A person's look is the probe: the next one is not due before that moment. */
void net_put_off(struct refresh *refresh, int64_t until_s);
/* A portal was there when we stopped. */
void net_restore(struct refresh *refresh, const struct store_hold *row);

/* ---------------------------------------------------------------- wake ---- */

struct wake {
	int fd; /* timerfd, CLOCK_REALTIME */
	uv_poll_t poll;
	bool open;
	uv_timer_t tick; /* test hooks: looks at the clock file */
	bool tick_open;
	int64_t tick_offset_ms; /* as offset_ms, but as it saw it */
	int64_t due_ms;         /* what the timer is set for */
	int64_t settle_ms;      /* nothing leaves before it: start, resume */
	bool spreading;         /* overdue feeds are being spread */
	bool asked_around;      /* of those that go around the proxy */
	bool asking;            /* the store is being asked when the next is due */
	bool asked_again;
};

/* ERR_FAILED: there is no timer; then nothing is open. */
int wake_open(struct refresh *refresh, struct err *err) MUST_USE;
void wake_close(struct refresh *refresh);
/* Begin: settle for a random part of start-delay, then spread what is overdue. */
void wake_start(struct refresh *refresh);
/* Settle anew after a resume, or when the network is back. */
void wake_settle(struct refresh *refresh, int64_t delay_ms);
/* Nothing is due now: ask the store for when, and set the timer. */
void wake_arm(struct refresh *refresh);
/* Look up at that moment, too. */
void wake_at(struct refresh *refresh, int64_t at_s);
bool wake_settled(const struct refresh *refresh, int64_t now_s);

/* --------------------------------------------------------------- lapse ---- */

struct lapse {
	int64_t offset_ms; /* wall clock less steady clock, when last seen */
	int64_t set_ms;    /* wall clock less elapsed time, likewise */
	int64_t began_s;   /* since when feeds are asked here, by the wall clock */
	int64_t timer_ms;  /* steady: when the timer is to go */
	int64_t sleep_ms;  /* steady: when the loop's sleep is to end */
	uv_prepare_t prepare;
	bool open;
};

void lapse_open(struct refresh *refresh);
void lapse_close(struct refresh *refresh);
/* The clock may have been set while nobody ran. */
void lapse_start(struct refresh *refresh);
/* True: the clock was set, or the machine has slept, or we were stopped; all is put right
 * for it, and looking settles.  Before anything is taken for due or for a server's doing:
 * of all that is ready when the machine wakes the timer may be the last to be told. */
bool lapse_look(struct refresh *refresh);
/* The timer is to go in so many milliseconds; -1: it is for no moment. */
void lapse_expect(struct refresh *refresh, int64_t delay_ms);
/* Wall clock less steady clock. */
int64_t lapse_offset_ms(void);

/* --------------------------------------------------------------- gauge ---- */

/* What waits for a parser or for the writer has its part of memory-max: while that is
 * full, answers are left with the kernel and their servers, as each turn of the loop
 * finds it.  Requests and claims go on, for a queue that stopped those would run dry
 * before the next answers are there; where it stays full for long, they stop, too, and
 * what is on its way is read before its time is over. */
struct gauge {
	uv_prepare_t turn; /* while it is full */
	uv_timer_t patience;
	bool full;
	bool stuck; /* for long */
};
void gauge_open(struct refresh *refresh);
void gauge_close(struct refresh *refresh);
void gauge_read(struct refresh *refresh);

/* ---------------------------------------------------------------- asks ---- */

/* Ids that somebody wants looked at now, in order; taken by the pump. */
struct asked {
	int64_t *ids;
	size_t first, count, room;
};
void asked_add(struct asked *asked, int64_t id);
/* Take it out, wherever it stands; false if it is not there. */
bool asked_take(struct asked *asked, int64_t id);
void asked_release(struct asked *asked);

/* First looks of an import before the schedule begins, which has them, too: at most one
 * start a second. */
struct looks {
	struct asked asked;
	uv_timer_t timer;
	bool open;
};

/* Every look that ends is told to those who wait for it. */
void ask_tell(struct refresh *refresh, const struct refresh_row *row);
/* Whether there are any. */
bool ask_waits(struct refresh *refresh, int64_t feed_id);

/* --------------------------------------------------------------- tasks ---- */

/* The head of every task.  Cancelled ones that wait for the store live until it
 * has answered. */
struct refresh_task {
	struct refresh *refresh;
	struct refresh_task *next, **prev;
	void (*cancel)(struct refresh_task *task); /* drops all it can, frees it now or later */
};
void task_join(struct refresh *refresh, struct refresh_task *task);
void task_leave(struct refresh_task *task);

/* ------------------------------------------------------------- conductor ---- */

struct refresh {
	struct refresh_parts parts;
	struct policy_rules rules;
	struct wake wake;
	struct lapse lapse;
	struct net net;
	struct looks looks;
	struct gauge gauge;
	struct asked asked;
	size_t batch;               /* of asked.first on: ids that are being claimed */
	size_t stale;               /* likewise: asked for before the network went away */
	struct asked unconditional; /* ids that go without validators next time */
	struct job *jobs[JOB_BUCKETS];
	size_t job_count;
	size_t around_count; /* of them: with a proxy of their own, or none */
	size_t fetching;     /* of them: not answered yet */
	struct refresh_task *tasks;
	struct add *looking; /* those of `add` that others may follow */
	struct backfill *backfills;
	unsigned pending; /* callbacks of the store that are still to come */
	unsigned open;    /* libuv handles */
	bool started, claiming;
	enum claim_reason claims; /* what that claim is for, but for what was asked for */
	bool storage_hold;        /* REFRESH_DISK_FULL */
	int64_t storage_held_s;   /* since then */
	bool closing;
	void (*closed)(void *ctx);
	void *closed_ctx;
	struct refresh_numbers numbers;
};

/* Put as many feeds on the road as there is room for. */
void refresh_pump(struct refresh *refresh);
/* The floor, and the part of a second that a claim comes in. */
int64_t refresh_lead_s(const struct refresh *refresh);
/* When this feedd was built: it can't be earlier now. */
int64_t refresh_built_s(void);
/* Around a call of the store whose `done` needs the conductor: it is freed only when it
 * is closed and has no reference left. */
void refresh_ref(struct refresh *refresh);
void refresh_unref(struct refresh *refresh);
/* A row of the log, and the hub is told. */
void refresh_event(struct refresh *refresh, int64_t feed_id, const char *event, const char *text);
/* The next look anew, by what is known: for a feed that was not asked. */
void refresh_plan_again(
	const struct refresh *refresh, const struct store_claim *feed, struct store_state *state);
/* The state of a feed of which nothing is known yet. */
void refresh_first_state(struct store_state *out_state);
/* A URL as logs may have it; the result lives until the next call. */
const char *refresh_shown(const char *url);
/* A handle of ours was closed. */
void refresh_closed_handle(struct refresh *refresh);
/* Begins, if it is not under way. */
void backfill_begin(struct refresh *refresh, int64_t feed_id);
bool backfill_is_under_way(const struct refresh *refresh, int64_t feed_id);
/* Asks for the pages that are due; when the next one will be, or INT64_MAX. */
void backfill_look(struct refresh *refresh, int64_t now_s);
int64_t backfill_next_s(const struct refresh *refresh);
/* End backfills under way, without a word. */
void backfill_cancel(struct refresh *refresh, int64_t feed_id);
void backfill_cancel_all(struct refresh *refresh);

#endif
