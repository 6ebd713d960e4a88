/* git perfhunt note: a line for the journal. */
#include "base/error.h"
#include "base/files.h"
#include "journal.h"
#include "perfhunt.h"
#include "simple.h"

struct note_options {
	int section;
};

static const char *const sections[] = { "findings", "applied", "deferred", "patterns", "noise", NULL };

static const struct option rows[] = {
	{ .type = OPTION_CHOICE,
	  .name = "section",
	  .at = offsetof(struct note_options, section),
	  .choices = sections,
	  .initial = "findings",
	  .help = "where it goes; what is noise is not looked at again" },
	OPTION_END,
};

static const char *const usage[] = { "[--section=<section>] [<text>]", NULL };

const struct option_set note_set = { .command = "git perfhunt note", .usage = usage, .rows = rows };

static int note(struct hunt *h, void *values, const struct strvec *words)
{
	const struct note_options *opts = values;
	struct strbuf text = STRBUF_INIT;

	if (!h->journal) {
		hunt_plan_defaults(&h->plan);
		hunt_plan_configure(&h->plan, &h->config);
		hunt_find_journal(h);
	}
	if (words->nr && !*words->v[0])
		return usage_error(&note_set, "an empty note says nothing");
	if (!words->nr) {
		if (journal_read(h->journal, &text))
			die_error();
		fwrite(text.buf, 1, text.len, stdout);
	} else if (make_directories(h->dir) ||
		   journal_add(h->journal, (enum journal_section)opts->section, words->v[0])) {
		die_error();
	}
	strbuf_release(&text);
	return EXIT_DONE;
}

int cmd_note(int argc, char **argv)
{
	struct note_options opts = { .section = 0 };

	return simple_command(&note_set, HUNT_LAST, 1, &opts, note, argc, argv);
}
