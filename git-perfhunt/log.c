/* git perfhunt log: what happened, event by event. */
#include <time.h>

#include "base/error.h"
#include "perfhunt.h"
#include "simple.h"
#include "ui/term.h"

static const struct option rows[] = { OPTION_END };

static const char *const usage[] = { "", NULL };

const struct option_set log_set = { .command = "git perfhunt log", .usage = usage, .rows = rows };

/* The part of an event that tells most. */
static void add_summary(struct strbuf *out, const char *kind, const json_t *root)
{
	static const char *const keys[] = { "function", "branch", "outcome", "commit",
					    "title",    "notes",  "reason",  "what" };

	if (!strcmp(kind, "pair") || !strcmp(kind, "total"))
		strbuf_addf(out, " %.0f%s", json_get_number(root, "round") + 1,
			    json_is_true(json_object_get(root, "fresh")) ? ", new inputs" : "");
	if (!strcmp(kind, "profiled"))
		strbuf_addf(out, " generation %.0f", json_get_number(root, "generation"));
	if (!strcmp(kind, "fixing"))
		strbuf_addf(out, " attempt %.0f", json_get_number(root, "attempt"));
	if (json_is_true(json_object_get(root, "again")))
		strbuf_addstr(out, " failed; back to the fixer");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (*json_get(root, keys[i]))
			strbuf_addf(out, " %s", json_get(root, keys[i]));
}

static int show(const struct store_event *event, void *data UNUSED)
{
	json_t *root = json_parse(event->payload, strlen(event->payload), false);
	struct strbuf line = STRBUF_INIT;
	time_t time = (time_t)event->time;
	struct tm tm;
	char when[32] = "";

	if (!root)
		return -1;
	if (localtime_r(&time, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	strbuf_addf(&line, "%s  %-9s", when, event->kind);
	add_summary(&line, event->kind, root);
	hunt_show(&line);
	strbuf_release(&line);
	json_decref(root);
	return 0;
}

static int show_log(struct hunt *h, void *values UNUSED, const struct strvec *words UNUSED)
{
	if (!h->row.id)
		die("no hunt was ever begun here; git perfhunt start begins one");
	pager_start(config_get(&h->config, "core.pager", NULL));
	if (store_events_effective(h->store, h->row.id, show, NULL))
		die_error();
	return EXIT_DONE;
}

int cmd_log(int argc, char **argv)
{
	char none = 0;

	return simple_command(&log_set, HUNT_LAST | HUNT_READ_ONLY | HUNT_UNREAD, 0, &none, show_log, argc,
			      argv);
}
