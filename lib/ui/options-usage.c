/* What an option table tells people (-h) and shells (completion helpers). */
#include "ui/option-row.h"

/* git's usage: where the help begins, and the blanks that stay before it. */
#define HELP_COLUMN 26
#define HELP_GAP 2
#define USAGE_WIDTH 80

/* Adds `text` word by word from `column`, going on below in the same column. */
static void add_wrapped(struct strbuf *out, const char *text, size_t column)
{
	size_t at = column;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > column && at + 1 + len > USAGE_WIDTH) {
			strbuf_addch(out, '\n');
			strbuf_addchars(out, ' ', column);
			at = column;
		} else if (at > column) {
			strbuf_addch(out, ' ');
			at++;
		}
		strbuf_add(out, text, len);
		at += len;
		text += len;
		text += strspn(text, " ");
	}
	strbuf_addch(out, '\n');
}

static bool shows_negation(const struct option *row)
{
	return option_has_negation(row) && !starts_with(row->name, "no-");
}

static void add_row(const struct option *row, struct strbuf *out)
{
	struct strbuf help = STRBUF_INIT;
	size_t begin = out->len;

	strbuf_addstr(out, "    ");
	if (row->letter)
		strbuf_addf(out, "-%c", row->letter);
	if (row->letter && row->name)
		strbuf_addstr(out, ", ");
	if (row->name)
		strbuf_addf(out, "--%s%s", shows_negation(row) ? "[no-]" : "", row->name);
	if (option_takes_value(row)) {
		strbuf_addch(out, ' ');
		option_add_arg(row, out);
	}
	strbuf_addstr(&help, row->help ? row->help : "");
	if (row->initial && option_takes_value(row))
		strbuf_addf(&help, "%s(default: %s)", help.len ? " " : "", row->initial);
	if (help.len && out->len - begin > HELP_COLUMN - HELP_GAP) {
		strbuf_addch(out, '\n');
		begin = out->len;
	}
	if (help.len)
		strbuf_addchars(out, ' ', HELP_COLUMN - (out->len - begin));
	add_wrapped(out, help.buf, HELP_COLUMN);
	strbuf_release(&help);
}

void option_add_usage_lines(const struct option_set *set, bool first, struct strbuf *out)
{
	static const char *const none[] = { "", NULL };

	for (const char *const *line = set->usage ? set->usage : none; *line; line++) {
		size_t begin = out->len;

		strbuf_addf(out, "%s %s ", first ? "usage:" : "   or:", set->command);
		begin = out->len - begin;
		for (const char *p = *line; *p; p++) {
			strbuf_addch(out, *p);
			if (*p == '\n')
				strbuf_addchars(out, ' ', begin);
		}
		strbuf_rtrim(out);
		strbuf_addch(out, '\n');
		first = false;
	}
}

void option_add_rows(const struct option *rows, struct strbuf *out)
{
	strbuf_addch(out, '\n');
	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		if (row->type != OPTION_GROUP) {
			add_row(row, out);
			continue;
		}
		if (row != rows)
			strbuf_addch(out, '\n');
		if (row->help && *row->help)
			strbuf_addf(out, "%s\n", row->help);
	}
	strbuf_addch(out, '\n');
}

void options_usage(const struct option_set *set, struct strbuf *out)
{
	option_add_usage_lines(set, true, out);
	option_add_rows(set->rows, out);
}

void option_add_completion_words(const struct option *rows, bool all, struct strbuf *out)
{
	for (const struct option *row = rows; row->type != OPTION_LAST; row++)
		if (row->name)
			strbuf_addf(out, "%s--%s%s", out->len ? " " : "", row->name,
				    option_takes_value(row) ? "=" : "");
	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		/* As git has it, the negation of a value is left to the long list. */
		if (row->name && option_has_negation(row) && (all || !option_takes_value(row))) {
			strbuf_addf(out, "%s--", out->len ? " " : "");
			option_add_name(row, true, out);
		}
	}
	strbuf_addch(out, '\n');
}

void option_add_completion_usage(const struct option_set *set, struct strbuf *out)
{
	for (const char *const *line = set->usage; line && *line; line++) {
		strbuf_addstr(out, line == set->usage ? "" : " | ");
		for (const char *p = *line; *p; p++)
			strbuf_addch(out, *p == '\n' || *p == '\t' ? ' ' : *p);
	}
	strbuf_addch(out, '\n');
}

void option_add_completion_table(const struct option *rows, struct strbuf *out)
{
	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		if (row->type == OPTION_GROUP)
			continue;
		strbuf_addf(out, "option\t%s\t", row->name ? row->name : "");
		if (row->letter)
			strbuf_addch(out, row->letter);
		strbuf_addch(out, '\t');
		if (row->name && option_has_negation(row))
			option_add_name(row, true, out);
		strbuf_addch(out, '\t');
		if (option_takes_value(row))
			option_add_arg(row, out);
		strbuf_addf(out, "\t%s\t", row->complete ? row->complete : "");
		for (size_t i = 0; row->type == OPTION_CHOICE && row->choices[i]; i++)
			strbuf_addf(out, "%s%s", i ? " " : "", row->choices[i]);
		strbuf_addf(out, "\t%s\t%s\n", row->type == OPTION_LIST ? "many" : "",
			    row->help ? row->help : "");
	}
}
