#include "hunt.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/configfile.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/files.h"
#include "base/process.h"
#include "ui/command.h"
#include "ui/term.h"

#define COMMAND "perfhunt"

char *hunt_path(const struct hunt *h, const char *fmt, ...)
{
	struct strbuf path = STRBUF_INIT;
	va_list ap;

	strbuf_addf(&path, "%s/", h->dir);
	va_start(ap, fmt);
	strbuf_vaddf(&path, fmt, ap);
	va_end(ap);
	return strbuf_detach(&path, NULL);
}

struct oid hunt_oid(const struct hunt *h, const char *hex)
{
	struct oid id;

	if (strlen(hex) != 2 * h->repo->rawlen || oid_from_hex(&id, hex, h->repo->rawlen))
		die("'%s' in the hunt's state is no commit", hex);
	return id;
}

void hunt_show(const struct strbuf *text)
{
	struct strbuf line = STRBUF_INIT;

	escape_terminal(&line, text->buf, text->len, ESCAPE_ALL);
	printf("%s\n", line.buf);
	fflush(stdout);
	strbuf_release(&line);
}

void hunt_say(const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	escape_terminal(&line, text.buf, text.len, ESCAPE_ALL);
	fprintf(stderr, "%s\n", line.buf);
	strbuf_release(&text);
	strbuf_release(&line);
}

static void find_paths(struct hunt *h)
{
	char *common = realpath(h->repo->common_dir, NULL), *git_dir = realpath(h->repo->git_dir, NULL);
	const char *top = h->repo->work_tree ? h->repo->work_tree : h->repo->git_dir;
	char *base, *candidate;

	h->perf_dir = xstrfmt("%s/perf", common ? common : h->repo->common_dir);
	h->dir = xstrfmt("%s/perf/hunt", git_dir ? git_dir : h->repo->git_dir);
	h->worktree = realpath(top, NULL);
	if (!h->worktree)
		h->worktree = xstrdup(top);
	/* Paths of one length: what a program sees of its own place must not move its stack. */
	base = hunt_path(h, "tree-a");
	candidate = hunt_path(h, "tree-b");
	tree_init(&h->base, base);
	tree_init(&h->candidate, candidate);
	free(base);
	free(candidate);
	free(common);
	free(git_dir);
}

void hunt_open(struct hunt *h, int flags)
{
	int found;

	if (config_load(&h->config) || repo_open(&h->repo))
		die_error();
	color_init(config_get(&h->config, "color.perfhunt", config_get(&h->config, "color.ui", NULL)), -1);
	find_paths(h);
	if (store_open(&h->store, h->perf_dir, flags & HUNT_READ_ONLY ? STORE_READ_ONLY : 0))
		die_error();
	found = store_session_find(h->store, h->worktree, COMMAND, &h->row);
	if (found == STORE_NONE && flags & HUNT_LAST)
		found = store_session_last(h->store, h->worktree, COMMAND, &h->row);
	if (found < 0)
		die_error();
	h->exists = !found;
	if (!h->exists && flags & HUNT_MUST_EXIST)
		die("no hunt is going on here; git perfhunt start begins one");
	if (h->exists && flags & HUNT_LOCK &&
	    store_session_lock(h->store, h->row.id, (int64_t)clock_wall(), &h->lock))
		die_error();
}

void hunt_make_suite(struct hunt *h, const struct strvec *specs)
{
	suite_release(&h->suite);
	h->nheld_out = 0;
	for (size_t i = 0; i < specs->nr + h->plan.held_out.nr; i++) {
		bool held_out = i >= specs->nr;
		const char *spec = held_out ? h->plan.held_out.v[i - specs->nr] : specs->v[i];
		char *name = xmemdupz(spec, strcspn(spec, ":"));
		const char *command = hunt_plan_command(&h->plan, name);

		if (!command || !*command)
			die("how workload '%s' is run is not known; set perfhunt.run or perfhunt.%s.run",
			    name, name);
		if (suite_add(&h->suite, spec, command))
			die_error();
		h->nheld_out += held_out;
		free(name);
	}
	for (size_t i = 0; i < h->plan.ab.nr; i++)
		if (!suite_find(&h->suite, h->plan.ab.v[i]))
			die("--ab names a workload '%s', which the suite does not have", h->plan.ab.v[i]);
}

/* The context as it is in the database; the file beside it is for people. */
static void load_plan(struct hunt *h)
{
	struct strbuf text = STRBUF_INIT, list = STRBUF_INIT;

	strbuf_addstr(&text, h->row.context);
	if (configfile_list_text(&text, &list))
		die_error();
	hunt_plan_defaults(&h->plan);
	hunt_plan_parse(&h->plan, &list, "the hunt's context");
	strbuf_release(&text);
	strbuf_release(&list);
}

static int take_event(const struct store_event *event, void *data)
{
	struct hunt *h = data;

	return state_take(&h->state, event->kind, event->payload);
}

void hunt_make_folders(const struct hunt *h)
{
	char *log = hunt_path(h, "log"), *inputs = hunt_path(h, "inputs");

	if (make_directories(log) || make_directories(inputs))
		die_error();
	free(log);
	free(inputs);
}

void hunt_find_journal(struct hunt *h)
{
	const char *path = h->plan.journal;

	if (!path || !*path)
		h->journal = hunt_path(h, "journal.md");
	else if (*path == '/')
		h->journal = xstrdup(path);
	else
		h->journal = xstrfmt("%s/%s", h->worktree, path);
}

void hunt_load(struct hunt *h)
{
	load_plan(h);
	hunt_find_journal(h);
	if (store_events_effective(h->store, h->row.id, take_event, h))
		die("%s; git perfhunt reset ends the hunt", error_message());
	if (!h->state.start)
		die("the hunt was not started to the end; git perfhunt reset, and start it anew");
	hunt_make_suite(h, &h->state.suite);
}

/* For tests of what the next run makes of it. */
static void die_as_told(void)
{
	static long left;
	const char *test = getenv("GIT_TEST_PERF_HUNT_KILL");

	if (!left && test)
		left = strtol(test, NULL, 10);
	if (left && !--left)
		raise(SIGKILL);
}

void hunt_record(struct hunt *h, const char *kind, json_t *payload)
{
	char *text = json_dumps(payload, JSON_COMPACT | JSON_REAL_PRECISION(9));

	if (!text)
		BUG("an event cannot be written");
	die_as_told();
	if (store_event_add(h->store, h->row.id, kind, (int64_t)clock_wall(), text, NULL) ||
	    state_take(&h->state, kind, text))
		die_error();
	free(text);
	json_decref(payload);
}

void hunt_release(struct hunt *h)
{
	config_release(&h->config);
	hunt_plan_release(&h->plan);
	state_release(&h->state);
	suite_release(&h->suite);
	tree_release(&h->base);
	tree_release(&h->candidate);
	store_unlock(&h->lock);
	store_session_release(&h->row);
	store_close(h->store);
	repo_close(h->repo);
	free(h->perf_dir);
	free(h->dir);
	free(h->worktree);
	free(h->journal);
	*h = (struct hunt)HUNT_INIT;
}
