#include "report/say.h"

#include <math.h>

void say_value(struct strbuf *out, double value, const char *unit)
{
	double size = fabs(value);

	/* Counts of instructions and operations are read as whole numbers. */
	if (size >= 1000 && size < 1e15)
		strbuf_addf(out, "%.0f", value);
	else
		strbuf_addf(out, "%.4g", value);
	if (*unit)
		strbuf_addf(out, " %s", unit);
}

void say_interval(struct strbuf *out, const struct stats_interval *interval, const char *unit)
{
	say_value(out, interval->value, unit);
	if (!isfinite(interval->low) || !isfinite(interval->high))
		return;
	strbuf_addstr(out, " (");
	say_value(out, interval->low, "");
	strbuf_addstr(out, " to ");
	say_value(out, interval->high, "");
	strbuf_addstr(out, ")");
}

void say_percent(struct strbuf *out, double share)
{
	double percent = 100 * share;

	strbuf_addf(out, fabs(percent) < 0.995 ? "%+.2f" : "%+.1f", percent);
}

void say_relative(struct strbuf *out, const struct stats_interval *interval)
{
	if (!isfinite(interval->value))
		return;
	say_percent(out, interval->value);
	strbuf_addstr(out, " %");
	if (!isfinite(interval->low) || !isfinite(interval->high))
		return;
	strbuf_addstr(out, " (");
	say_percent(out, interval->low);
	strbuf_addstr(out, " to ");
	say_percent(out, interval->high);
	strbuf_addstr(out, ")");
}

void say_confidence(struct strbuf *out, double p)
{
	if (p > 0.9995)
		strbuf_addstr(out, "more than 99.9 %");
	else
		strbuf_addf(out, "%.1f %%", 100 * p);
}

void say_seconds(struct strbuf *out, double seconds)
{
	if (seconds < 100)
		strbuf_addf(out, "%.0f s", seconds);
	else if (seconds < 100 * 60)
		strbuf_addf(out, "%.0f min", seconds / 60);
	else
		strbuf_addf(out, "%.1f h", seconds / 3600);
}

void say_count(struct strbuf *out, size_t nr, const char *what)
{
	strbuf_addf(out, "%zu %s%s", nr, what, nr == 1 ? "" : "s");
}
