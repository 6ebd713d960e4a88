#include "ui/progress.h"

#include <time.h>

#include "ui/term.h"

/* Seconds between lines on a terminal, and elsewhere. */
#define TTY_PAUSE 0.1
#define LINE_PAUSE 60.0
#define DEFAULT_DELAY 2.0
/* Before this many seconds an estimate is worth nothing. */
#define ESTIMATE_AFTER 2.0

/* The one whose line is on the screen. */
static struct progress *on_screen;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static double read_delay(void)
{
	const char *text = getenv("GIT_PROGRESS_DELAY");
	char *end;
	double delay;

	if (!text || !*text)
		return DEFAULT_DELAY;
	delay = strtod(text, &end);
	return *end || !(delay >= 0) ? DEFAULT_DELAY : delay;
}

static bool in_foreground(void)
{
	return tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static void add_left(double seconds, struct strbuf *out)
{
	unsigned long s = (unsigned long)(seconds + 0.5);
	unsigned long minutes = (s + 30) / 60;

	if (s < 60)
		strbuf_addf(out, ", %lu s left", s ? s : 1);
	else if (minutes < 60)
		strbuf_addf(out, ", %lu min left", minutes);
	else
		strbuf_addf(out, ", %lu h %02lu min left", minutes / 60, minutes % 60);
}

void progress_format(const struct progress *p, double elapsed, size_t width, struct strbuf *out)
{
	size_t begin = out->len, end;

	if (!p->total && !p->done) {
		strbuf_addstr(out, p->title);
	} else if (!p->total) {
		strbuf_addf(out, "%s: %zu", p->title, p->done);
	} else {
		double part = p->done < p->total ? (double)p->done / (double)p->total : 1;

		strbuf_addf(out, "%s: %3u%% (%zu/%zu)", p->title, (unsigned)(100 * part), p->done, p->total);
	}
	end = out->len;
	if (p->done && p->done < p->total && elapsed >= ESTIMATE_AFTER)
		add_left(elapsed * (double)(p->total - p->done) / (double)p->done, out);
	if (!width)
		return;
	if (text_width(out->buf + begin) > width)
		strbuf_setlen(out, end);
	strbuf_setlen(out, begin + text_fit(out->buf + begin, width));
}

static void show(struct progress *p, double at, const char *end)
{
	struct strbuf line = STRBUF_INIT;
	size_t width = p->tty ? term_width(STDERR_FILENO) : 0, columns;

	/* The last column stays free: some terminals would begin a new line. */
	progress_format(p, at - p->started, width ? width - 1 : 0, &line);
	strbuf_addstr(&line, end);
	columns = text_width(line.buf);
	if (p->columns > columns)
		strbuf_addchars(&line, ' ', p->columns - columns);
	strbuf_addch(&line, p->tty && !*end ? '\r' : '\n');
	p->columns = columns;
	on_screen = p->tty && !*end ? p : NULL;
	p->shown = true;
	p->last_shown = at;
	fwrite(line.buf, 1, line.len, stderr);
	fflush(stderr);
	strbuf_release(&line);
}

void progress_start(struct progress *p, const char *title, size_t total, int option)
{
	*p = (struct progress){ .title = title, .total = total, .delay = read_delay() };
	p->tty = isatty(STDERR_FILENO);
	p->on = option < 0 ? p->tty : option;
	p->started = now();
	p->last_shown = p->started;
}

void progress_start_now(struct progress *p, const char *title, size_t total, int option)
{
	progress_start(p, title, total, option);
	p->at_once = true;
	if (p->on && (!p->tty || in_foreground()))
		show(p, p->started, "");
}

void progress_update(struct progress *p, size_t done)
{
	double at;

	if (!p->on)
		return;
	p->done = done;
	at = now();
	if (p->tty ? (!p->shown && at - p->started < p->delay) || at - p->last_shown < TTY_PAUSE
		   : at - p->last_shown < LINE_PAUSE)
		return;
	if (p->tty && !in_foreground())
		return;
	show(p, at, "");
}

void progress_hide(void)
{
	if (!on_screen)
		return;
	/* The cursor is where the line begins. */
	fprintf(stderr, "%*s\r", (int)on_screen->columns, "");
	on_screen->columns = 0;
	on_screen = NULL;
}

/* Work that took no time worth telling leaves nothing behind. */
static bool is_brief(const struct progress *p)
{
	return p->at_once && now() - p->started < p->delay;
}

void progress_stop(struct progress *p)
{
	if (p->on && p->shown && is_brief(p)) {
		if (on_screen == p)
			progress_hide();
	} else if (p->on && p->shown && (!p->tty || in_foreground())) {
		show(p, now(), ", done.");
	}
	if (on_screen == p)
		on_screen = NULL;
	p->on = false;
}
