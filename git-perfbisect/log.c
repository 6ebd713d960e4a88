/*
 * git perfbisect log: the evidence as comments, and lines that git bisect
 * replay takes; git perfbisect replay: the evidence of such a log.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "driver.h"
#include "events.h"
#include "perfbisect.h"
#include "simple.h"

/* Boots of a log that is replayed are numbered from here on. */
#define FOREIGN_BOOTS ((size_t)1 << 50)
/* A night's evidence is some thousand lines. */
#define LOG_LIMIT ((size_t)64 << 20)

static const struct option no_rows[] = { OPTION_END };

static const char *const log_usage[] = { "", NULL };

const struct option_set log_set = { .command = "git perfbisect log", .usage = log_usage, .rows = no_rows };

/* How the evidence came here, and what is long and of this session only. */
static bool is_of_no_use_elsewhere(const char *kind)
{
	return !strcmp(kind, EVENT_REPLAY) || !strcmp(kind, EVENT_REPLAY_END) || !strcmp(kind, EVENT_PRIOR);
}

static int print_event(const struct store_event *event, void *data UNUSED)
{
	struct strbuf line = STRBUF_INIT, escaped = STRBUF_INIT;

	if (is_of_no_use_elsewhere(event->kind))
		return 0;
	strbuf_addf(&line, "%s %s", event->kind, event->payload);
	fputs("# perfbisect: ", stdout);
	escape_terminal(&escaped, line.buf, line.len, ESCAPE_ALL);
	puts(escaped.buf);
	strbuf_release(&line);
	strbuf_release(&escaped);
	return 0;
}

static int print_log(struct session *s, void *values UNUSED)
{
	struct strbuf text = STRBUF_INIT, escaped = STRBUF_INIT;

	printf("# git perfbisect log 1: the evidence; git perfbisect replay takes it, git bisect replay its verdicts\n");
	if (store_events_effective(s->store, s->row.id, print_event, NULL))
		die_error();
	if (s->whole) {
		driver_log(s, &text);
		escape_terminal(&escaped, text.buf, text.len, ESCAPE_KEEP_LINES);
		fputs(escaped.buf, stdout);
	}
	strbuf_release(&text);
	strbuf_release(&escaped);
	return EXIT_DONE;
}

int cmd_log(int argc, char **argv)
{
	char none = 0;

	return simple_command(&log_set, SESSION_MUST_EXIST | SESSION_LAST | SESSION_READ_ONLY, true, &none,
			      print_log, argc, argv);
}

/* --- replay --- */

static const char *const replay_usage[] = { "<file>", NULL };

const struct option_set replay_set = { .command = "git perfbisect replay",
				       .usage = replay_usage,
				       .rows = no_rows };

/* "# perfbisect: <kind> <json>"; all is read before anything is stored. */
static void take_line(struct session *s, const char *line, size_t number, const char *path, bool store)
{
	static const char prefix[] = "# perfbisect: ";
	const char *kind = line + strlen(prefix), *space;
	struct bisect_event event;
	char *word;

	if (!starts_with(line, prefix))
		return;
	space = strchr(kind, ' ');
	if (!space)
		die("%s:%zu: no evidence is in this line", path, number);
	word = xmemdupz(kind, (size_t)(space - kind));
	/* What the session is comes from this one, what was found from the log. */
	if (event_kind_parse(word) >= 0) {
		int result = event_parse(s, word, space + 1, &event);

		if (result < 0)
			die("%s:%zu: %s", path, number, error_message());
		if (result > 0)
			die("%s:%zu: this evidence is of a commit that is not between %s and %s", path,
			    number, s->plan.good, s->plan.bad);
		/* The numbers of another database; ours must not meet them. */
		if (event.boot)
			event.boot = event.boot % FOREIGN_BOOTS + FOREIGN_BOOTS;
		if (store && session_record(s, &event))
			die("%s:%zu: %s", path, number, error_message());
	} else if (store && !strcmp(word, "metrics") && !s->metrics.nr &&
		   store_event_add(s->store, s->row.id, word, (int64_t)clock_wall(), space + 1, NULL)) {
		die_error();
	}
	free(word);
}

static void take_lines(struct session *s, const struct strbuf *text, const char *path, bool store)
{
	size_t number = 0;

	for (const char *at = text->buf; *at; number++) {
		size_t n = strcspn(at, "\n");
		char *line = xmemdupz(at, n);

		take_line(s, line, number + 1, path, store);
		free(line);
		at += n + (at[n] == '\n');
	}
}

static int list_seq(const struct store_event *event, void *data)
{
	struct strbuf *seqs = data;

	if (event_kind_parse(event->kind) >= 0 || !strcmp(event->kind, EVENT_REPLAY) ||
	    !strcmp(event->kind, EVENT_REPLAY_END))
		strbuf_add(seqs, &event->seq, sizeof(event->seq));
	return 0;
}

static void add_marker(struct session *s, const char *kind, const char *payload)
{
	if (store_event_add(s->store, s->row.id, kind, (int64_t)clock_wall(), payload, NULL))
		die_error();
}

/* What was there is taken back, so that the log alone counts; undo finds it between two markers. */
static void replace_evidence(struct session *s, const struct strbuf *text, const char *path)
{
	struct strbuf seqs = STRBUF_INIT;
	int64_t taken = 0;
	char *payload;

	if (store_events_effective(s->store, s->row.id, list_seq, &seqs) || store_begin(s->store))
		die_error();
	if (seqs.len && store_event_undo(s->store, s->row.id, (int64_t)clock_wall(),
					 (const int64_t *)(void *)seqs.buf, seqs.len / sizeof(int64_t), &taken))
		die_error();
	payload = xstrfmt("{\"taken\":%" PRId64 "}", taken);
	add_marker(s, EVENT_REPLAY, payload);
	free(payload);
	session_replay(s, s->options.strategy);
	take_lines(s, text, path, true);
	add_marker(s, EVENT_REPLAY_END, NULL);
	if (store_commit(s->store))
		die_error();
	strbuf_release(&seqs);
}

static int replay(struct session *s, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;

	session_open(s, SESSION_MUST_EXIST | SESSION_RUN);
	session_load(s);
	if (!s->whole)
		die("both ends have to be known first; git perfbisect good and bad name them");
	if (strbuf_read_file(&text, path, LOG_LIMIT) < 0)
		die_error();
	take_lines(s, &text, path, false);
	replace_evidence(s, &text, path);
	if (driver_sync(s, &answer))
		die_error();
	printf("replayed; git perfbisect status shows what is known now\n");
	git_bisect_answer_release(&answer);
	strbuf_release(&text);
	return EXIT_DONE;
}

int cmd_replay(int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct strvec words = STRVEC_INIT;
	char none = 0;
	size_t dashes;
	enum options_result result = options_parse(&replay_set, &none, argc, argv, &words, &dashes);
	int status;

	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (words.nr != 1)
		status = usage_error(&replay_set, "give the file of one log");
	else
		status = replay(&s, words.v[0]);
	strvec_release(&words);
	session_release(&s);
	return status;
}
