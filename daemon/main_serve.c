#include "daemon/main_serve.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>
#include <uv.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/conf.h"
#include "daemon/control/control.h"
#include "daemon/main_cage.h"
#include "daemon/main_conf.h"
#include "daemon/main_loop.h"
#include "daemon/main_place.h"
#include "daemon/main_trouble.h"
#include "daemon/main_upkeep.h"
#include "daemon/refresh.h"
#include "daemon/store/store_items.h"
#include "daemon/worker/worker.h"

#define RESOLVERS 16u
#define HERD_S 3600 /* within which refusals belong together */
/* Of the five seconds that a stop may take: then the loop's parts are waited for no
 * longer, and then the store. */
#define LEAVE_MS 4000
#define LEAVE_STORE_MS 4800
#define WATCHDOG_LOOKS 8 /* in the time of one, at a writer that does not get on */
#define USER_AGENT "feedd/" FEEDD_VERSION " (+" FEEDD_CONTACT_URL ")"

enum { ON_TERM, ON_INT, ON_HUP, SIGNALS };

/*
 * All parts, in the order in which they are made; closed in reverse:
 *
 *	control, refresh, fetcher, workers: each waits for its last callback
 *	store: blocks until what is queued is on disk, if that does not take too long;
 *	then _exit()
 */
struct serve {
	const struct main_options *options;
	char *conf_path, *data_dir, *socket;
	struct cage_level cage;
	char sandbox[160]; /* for `status` */
	struct conf conf;
	uv_loop_t loop;
	struct store *store;
	struct hub *hub;
	struct fetcher *fetcher;
	struct worker_pool *workers;
	struct refresh *refresh;
	struct control *control;
	struct fetch_allow *allow;
	uv_signal_t signals[SIGNALS];
	uv_timer_t leave, watchdog;
	unsigned watchdog_ms;
	struct upkeep upkeep;
	bool leaving;
	int exit_code;
};

/* ------------------------------------------------------------- options ---- */

static void store_options_of(const struct serve *serve, struct store_options *out)
{
	const struct conf *conf = &serve->conf;

	*out = (struct store_options){ .data_dir = serve->data_dir,
		.keep_read_s = conf->store_keep_read_ms == CONF_FOREVER
				       ? INT64_MAX
				       : conf->store_keep_read_ms / 1000,
		.keep_unread_s = conf->store_keep_unread_ms == CONF_FOREVER
					 ? INT64_MAX
					 : conf->store_keep_unread_ms / 1000,
		.backup_every_s = (conf->store_backup_every_ms + 999) / 1000,
		.backup_keep = conf->store_backup_keep,
		.upgrading = upkeep_tell_upgrade };
}

static void fetch_options_of(struct serve *serve, struct fetch_options *out)
{
	const struct conf *conf = &serve->conf;
	unsigned in_flight = place_transfers(conf->fetch_in_flight);
	struct err err;
	size_t count = 0;

	free(serve->allow);
	serve->allow = MEM_ARRAY(conf->fetch_allow.count + 1, struct fetch_allow);
	/* Each has been read once already, when the setting was. */
	for (size_t i = 0; i < conf->fetch_allow.count; i++)
		if (fetch_allow_parse(conf->fetch_allow.words[i], &serve->allow[count], &err) == 0)
			count++;
	*out = (struct fetch_options){ .in_flight = in_flight,
		.resting = place_transfers(in_flight + in_flight / 2) - in_flight,
		.resolvers = RESOLVERS,
		.connect_timeout_ms = conf->fetch_connect_timeout_ms,
		.timeout_ms = conf->fetch_timeout_ms,
		.body_max = conf->fetch_body_max,
		.bodies_max = conf->fetch_memory_max,
		.header_max = conf->fetch_header_max,
		.redirects_max = conf->fetch_redirects,
		.gap_ms = conf->manners_gap_ms,
		.manners_private = conf->manners_private,
		.proxy = conf->fetch_proxy,
		.allow = serve->allow,
		.allow_count = count,
		.user_agent = USER_AGENT,
		.retry_after_max_s = conf->poll_retry_after_max_ms / 1000 };
}

static void use_log_level(const struct serve *serve)
{
	log_set_level(serve->options->level_given ? serve->options->level : serve->conf.log_level);
}

/* A bad configuration is reported and the old one kept. */
static void reload(struct serve *serve)
{
	struct store_options store_options;
	struct fetch_options fetch_options;
	struct conf fresh, old = serve->conf;

	if (!main_conf_again(serve->options, &serve->conf_path, &fresh))
		return;
	serve->conf = fresh;
	use_log_level(serve);
	store_options_of(serve, &store_options);
	store_reconfigure(serve->store, &store_options);
	upkeep_look(&serve->upkeep);
	fetch_options_of(serve, &fetch_options);
	fetcher_reconfigure(serve->fetcher, &fetch_options);
	refresh_reconfigure(serve->refresh);
	control_reconfigure(serve->control);
	conf_release(&old);
}

/* ------------------------------------------------------------- leaving ---- */

/* The store's thread commits what it has; nothing else is waited for. */
static void leave(struct serve *serve)
{
	store_close(serve->store);
	log_info("ended");
	_exit(serve->exit_code);
}

static void on_workers_closed(void *ctx)
{
	leave(ctx);
}

static void on_fetcher_closed(void *ctx)
{
	struct serve *serve = ctx;

	worker_pool_close(serve->workers, on_workers_closed, serve);
}

static void on_refresh_closed(void *ctx)
{
	struct serve *serve = ctx;

	fetcher_close(serve->fetcher, on_fetcher_closed, serve);
}

static void on_control_closed(void *ctx)
{
	struct serve *serve = ctx;

	refresh_close(serve->refresh, on_refresh_closed, serve);
}

static void on_leave_late(uv_timer_t *timer)
{
	log_warning("something does not let go; ending without it");
	leave(timer->data);
}

/* A thread, for it is the loop that waits: for a disk, for a program that has the file
 * locked, for a document that is large.  It is as behind a crash: what is not on disk yet
 * nobody was told of. */
static void leave_in_time(void *ctx)
{
	const struct serve *serve = ctx;

	uv_sleep(LEAVE_STORE_MS);
	log_warning("the store does not let go; ending without it");
	_exit(serve->exit_code);
}

static void begin_to_leave(struct serve *serve, int exit_code)
{
	uv_thread_t thread;

	if (serve->leaving)
		return;
	serve->leaving = true;
	serve->exit_code = exit_code;
	place_notify("STOPPING=1");
	uv_timer_start(&serve->leave, on_leave_late, LEAVE_MS, 0);
	(void)uv_thread_create(&thread, leave_in_time, serve);
	upkeep_end(&serve->upkeep);
	control_close(serve->control, on_control_closed, serve);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct serve *serve = handle->data;

	if (number == SIGHUP) {
		if (!serve->leaving)
			reload(serve);
		return;
	}
	begin_to_leave(serve, EX_OK);
}

/* The store cannot go on.  What it has not committed was not acknowledged. */
static void on_fatal(void *ctx, const struct err *err)
{
	struct serve *serve = ctx;

	main_tell_trouble(err, serve->data_dir);
	begin_to_leave(serve, main_exit_code(err));
}

/* ------------------------------------------------------ small duties ---- */

/* A sign of life means that the loop turns and the writer gets on.  A writer that does
 * not is looked at again soon: it may have had much to do at once. */
static void on_watchdog(uv_timer_t *timer)
{
	struct serve *serve = timer->data;
	bool well;

	if (serve->leaving)
		return;
	well = store_gets_on(serve->store);
	if (well)
		place_notify("WATCHDOG=1");
	uv_timer_start(timer, on_watchdog,
		well ? serve->watchdog_ms : serve->watchdog_ms / WATCHDOG_LOOKS + 1, 0);
}

static void on_clock_jumped(void *ctx)
{
	upkeep_look(&((struct serve *)ctx)->upkeep);
}

/* ------------------------------------------------------------- starting ---- */

static void on_hold_loaded(void *ctx, const struct store_hold *row)
{
	refresh_restore_hold(((struct serve *)ctx)->refresh, row);
}

static void on_refused_loaded(void *ctx, const char *url, const char *end, int64_t at_s)
{
	fetcher_refused(((struct serve *)ctx)->fetcher, url, end, at_s);
}

static void on_idle(
	void *ctx, const char *kind, const char *name, const char *expr, const char *why)
{
	(void)ctx;
	log_warning("%s %s does nothing, for it can't be read: %s (%s)", kind, name, why, expr);
}

static void on_backfill_loaded(void *ctx, const struct store_backfill *place)
{
	struct serve *serve = ctx;

	refresh_backfill_resume(serve->refresh, place);
}

/* What holds, in the words of `status`. */
static void describe_sandbox(struct serve *serve, bool workers_filtered)
{
	char landlock[32] = "";

	if (serve->cage.landlock_abi > 0)
		snprintf(landlock, sizeof(landlock), "landlock abi%d, ", serve->cage.landlock_abi);
	snprintf(serve->sandbox, sizeof(serve->sandbox), "%s%s%sno_new_privs; workers: %s%s",
		workers_filtered ? "" : "degraded: ", landlock,
		serve->cage.filtered ? "seccomp, " : "", landlock,
		workers_filtered ? "seccomp" : "no seccomp");
}

static void on_workers_degraded(void *ctx)
{
	describe_sandbox(ctx, false);
}

/* Nothing that we run may gain rights, nobody may look into us, and most of the
 * system is none of our business.  Before there are threads: each would have to
 * do it for itself. */
static void lock_in(struct serve *serve, bool makes_socket)
{
	struct cage_places places = { .data_dir = serve->data_dir,
		.socket = makes_socket ? serve->socket : NULL };

	main_conf_places(serve->options, places.conf_paths);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef FEEDD_SANITIZED
	prctl(PR_SET_DUMPABLE, 0);
#endif
	main_cage_enter(&places, &serve->cage);
	main_conf_places_free(places.conf_paths);
	describe_sandbox(serve, serve->cage.filtered);
	log_debug("sandbox: %s", serve->sandbox);
}

static int make_parts(struct serve *serve, int listen_fd, struct err *err)
{
	struct store_options store_options;
	struct fetch_options fetch_options;
	struct worker_options worker_options = { .degraded = on_workers_degraded, .ctx = serve };
	struct refresh_parts refresh_parts = { .loop = &serve->loop,
		.conf = &serve->conf,
		.clock_jumped = on_clock_jumped,
		.ctx = serve };
	struct control_parts control_parts = { .loop = &serve->loop,
		.conf = &serve->conf,
		.data_dir = serve->data_dir,
		.sandbox = serve->sandbox,
		.started_at_s = clock_now_s() };

	store_options_of(serve, &store_options);
	if (store_open(&serve->loop, &store_options, &serve->store, err) < 0)
		return -1;
	if (store_earlier_list(serve->store) != NULL)
		log_warning("there was no store, and a new one begins; the feeds of the one before "
			    "are in %s: feedctl import it",
			store_earlier_list(serve->store));
	if (store_stray_journal(serve->store) != NULL)
		log_warning("the journal beside the store was another one's, and was set aside as "
			    "%s",
			store_stray_journal(serve->store));
	store_on_fatal(serve->store, on_fatal, serve);
	if (main_loop_try_threads(err) < 0)
		return -1;
	fetch_options_of(serve, &fetch_options);
	if (fetcher_new(&serve->loop, &fetch_options, &serve->fetcher, err) < 0 ||
		store_refused_load(
			serve->store, clock_now_s() - HERD_S, on_refused_loaded, serve, err) < 0)
		return -1;
	serve->hub = hub_new();
	serve->workers = worker_pool_new(&serve->loop, &worker_options);
	refresh_parts.store = control_parts.store = serve->store;
	refresh_parts.fetcher = control_parts.fetcher = serve->fetcher;
	refresh_parts.hub = control_parts.hub = serve->hub;
	refresh_parts.workers = serve->workers;
	if (refresh_new(&refresh_parts, &serve->refresh, err) < 0)
		return -1;
	control_parts.refresh = serve->refresh;
	if (store_holds_load(serve->store, on_hold_loaded, serve, err) < 0 ||
		store_backfills_load(serve->store, on_backfill_loaded, serve, err) < 0 ||
		store_idle_check(serve->store, on_idle, serve, err) < 0)
		return -1;
	return control_new(&control_parts, serve->socket, listen_fd, &serve->control, err);
}

static void watch_signal(struct serve *serve, int which)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };
	uv_signal_t *handle = &serve->signals[which];

	uv_signal_init(&serve->loop, handle);
	handle->data = serve;
	uv_signal_start(handle, on_signal, numbers[which]);
}

static void begin_duties(struct serve *serve)
{
	uv_timer_init(&serve->loop, &serve->leave);
	uv_timer_init(&serve->loop, &serve->watchdog);
	serve->leave.data = serve->watchdog.data = serve;
	serve->watchdog_ms = place_watchdog_ms();
	if (serve->watchdog_ms > 0)
		uv_timer_start(&serve->watchdog, on_watchdog, serve->watchdog_ms, 0);
	upkeep_begin(&serve->upkeep, &serve->loop, serve->store, serve->hub);
}

static int find_places(struct serve *serve, int listen_fd, struct err *err)
{
	if (main_conf_load(serve->options, &serve->conf_path, &serve->conf, err) < 0)
		return -1;
	use_log_level(serve);
	if (listen_fd < 0)
		serve->socket = place_socket(serve->options->socket);
	else if (place_activated(listen_fd, &serve->socket, err) < 0)
		return -1;
	return place_data_dir(serve->options->data_dir, &serve->data_dir, err);
}

static void warn_of_network(const struct serve *serve)
{
	const char *kind = place_network_kind(serve->data_dir);

	if (kind != NULL)
		log_warning("%s lies on a network file system (%s), where a break of the"
			    " connection or another host can damage the store: --data-dir"
			    " says a better place",
			serve->data_dir, kind);
}

/* They are not shut out: who packages a service may mean it so. */
static void warn_of_others(const struct serve *serve)
{
	bool store;

	if (place_is_shown(serve->data_dir, &store))
		log_warning("others can look into %s%s: chmod 700 it", serve->data_dir,
			store ? ", and read the store there" : "");
}

/* Whoever started us may have kept any signal from itself, and so from us: all are heard
 * but that one (0: all), which waits. */
static void hear_all_but(int number)
{
	sigset_t kept;

	sigemptyset(&kept);
	if (number != 0)
		sigaddset(&kept, number);
	sigprocmask(SIG_SETMASK, &kept, NULL);
}

int main_serve(const struct main_options *options, int listen_fd)
{
	struct serve *serve = MEM_NEW(struct serve);
	struct err err;

	hear_all_but(SIGHUP); /* it does not end us */
	serve->options = options;
	setlocale(LC_ALL, "C.UTF-8"); /* names of hosts in any script need it */
	log_init();
	if (place_check_descriptors(&err) < 0 || find_places(serve, listen_fd, &err) < 0) {
		log_error("%s", err.text);
		_exit(main_exit_code(&err));
	}
	warn_of_network(serve);
	warn_of_others(serve);
	lock_in(serve, listen_fd < 0);
	if (main_loop_init(&serve->loop, &err) < 0) {
		log_error("%s", err.text);
		_exit(main_exit_code(&err));
	}
	/* It is heeded once all is there: a store of before may take minutes.  What should
	 * end us may meanwhile. */
	watch_signal(serve, ON_HUP);
	hear_all_but(0);
	if (make_parts(serve, listen_fd, &err) < 0) {
		/* Behind the store it may be a socket that fails. */
		main_tell_trouble(
			&err, serve->store != NULL && err.code == ERR_IO ? NULL : serve->data_dir);
		/* The store may be open: what it has is to be closed properly. */
		store_close(serve->store);
		_exit(main_exit_code(&err));
	}
	watch_signal(serve, ON_TERM);
	watch_signal(serve, ON_INT);
	begin_duties(serve);
	refresh_start(serve->refresh);
	log_info("feedd %s serves %s", FEEDD_VERSION, serve->socket);
	place_notify("READY=1\nSTATUS=Keeping feeds");
	uv_run(&serve->loop, UV_RUN_DEFAULT);
	leave(serve); /* the loop has nothing left: all parts are closed */
	return EX_OK;
}
